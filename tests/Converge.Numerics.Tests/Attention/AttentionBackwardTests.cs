using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Attention;

/// <summary>Attention's gradient on every vector path against double precision, which <see cref="Gradients.AttentionGradientTests"/> checks by differences.</summary>
[Collection(SimdCollection.Name)]
public sealed class AttentionBackwardTests
{
    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Theory, MemberData(nameof(PathData))]
    public void Every_length_and_width_is_within_rounding_of_double_precision(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int length in Sizes.Odd) NearDouble(Forests.One(length), new HeadShape(2, 1, 17), (ulong)length);
        foreach (int width in Sizes.Odd) NearDouble(Forests.Chain(3, 8, 1), new HeadShape(4, 2, width), (ulong)width);
    }

    [Theory, MemberData(nameof(PathData))]
    public void Random_trees_are_within_rounding_of_double_precision(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        for (ulong seed = 0; seed < 25; seed++)
        {
            var random = new RandomStream(seed);
            NearDouble(Forests.Random(random, 1 + random.Next(9), 12), Forests.RandomShape(random), seed);
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Gradients_of_keys_and_values_are_added_and_those_of_queries_set(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var fresh = new Forest<float>(Forests.Chain(5, 9), new HeadShape(2, 1, 20), 1).Backward();
        using var added = new Forest<float>(Forests.Chain(5, 9), new HeadShape(2, 1, 20), 1);
        added.DK.Fill((row, _) => 1000 + row);
        added.DV.Fill((row, _) => 2000 + row);
        added.DQ.Fill((_, _) => 77);
        added.Backward();
        Same.Bits(fresh.DQ.Values, added.DQ.Values);
        Same.Within([.. fresh.DK.Values.Select((value, i) => 1000 + i / 20 + (double)value)], added.DK.Values, _ => 2e-3);
        Same.Within([.. fresh.DV.Values.Select((value, i) => 2000 + i / 20 + (double)value)], added.DV.Values, _ => 2e-3);
    }

    [Theory, MemberData(nameof(PathData))]
    public void NaN_and_infinity_reach_only_what_their_tokens_see_or_are_seen_by(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        var shape = new HeadShape(2, 2, 18);
        var segments = Forests.Chain(9, 14);
        using var clean = new Forest<float>(segments, shape, 2).Backward();
        foreach (float special in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            for (int row = 0; row < clean.Rows; row++)
            {
                foreach (char place in "qkvd")
                {
                    using var spoilt = new Forest<float>(segments, shape, 2);
                    (place == 'q' ? spoilt.Q : place == 'k' ? spoilt.K : place == 'v' ? spoilt.V : spoilt.DOutput)[row, 18 + row % 18] = special;
                    spoilt.Backward();
                    for (int other = 0; other < clean.Rows; other++)
                    {
                        string what = $"{special} in {place}[{row}], seen in row {other}:";
                        // A query or an output's gradient concerns its own dq, and dk and dv of what it sees. A key or a value concerns the
                        // dq of those who see it, and through their weights dk and dv of all that they see.
                        bool own = place is 'q' or 'd';
                        bool queryReached = own ? other == row : other >= row, keyReached = !own || other <= row;
                        int untouched = queryReached ? 18 : 36;
                        Same.Bits(clean.DQ.RowValues(other).AsSpan(0, untouched), spoilt.DQ.RowValues(other).AsSpan(0, untouched), what + " dq");
                        untouched = keyReached ? 18 : 36;
                        Same.Bits(clean.DK.RowValues(other).AsSpan(0, untouched), spoilt.DK.RowValues(other).AsSpan(0, untouched), what + " dk");
                        Same.Bits(clean.DV.RowValues(other).AsSpan(0, untouched), spoilt.DV.RowValues(other).AsSpan(0, untouched), what + " dv");
                    }
                }
            }
        }
    }

    private static void NearDouble(Segment[] segments, HeadShape shape, ulong seed)
    {
        using var single = new Forest<float>(segments, shape, seed, gap: 2);
        using var wide = new Forest<double>(segments, shape, seed);
        foreach (var (from, to) in new[] { (single.Q, wide.Q), (single.K, wide.K), (single.V, wide.V), (single.DOutput, wide.DOutput) }) to.Fill((row, column) => from[row, column]);
        single.Backward();
        wide.Backward();
        foreach (var (actual, expected) in new[] { (single.DQ, wide.DQ), (single.DK, wide.DK), (single.DV, wide.DV) })
        {
            var values = expected.Values;
            double scale = 1 + values.Max(Math.Abs);
            Same.Within(values, actual.Values, _ => 4e-6 * scale, $"{segments.Length} segments, seed {seed}");
        }
        single.AssertUntouchedOutside();
    }
}
