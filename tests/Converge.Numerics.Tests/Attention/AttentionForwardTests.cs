using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Attention;

/// <summary>Attention on every vector path against double precision, and NaN and infinity kept in their place.</summary>
[Collection(SimdCollection.Name)]
public sealed class AttentionForwardTests
{
    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Theory, MemberData(nameof(PathData))]
    public void Every_length_is_within_rounding_of_double_precision(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int length in Sizes.Odd)
        {
            using var forest = new Forest<float>(Forests.One(length), new HeadShape(2, 1, 17), 1, gap: 3).Forward();
            Near(AttentionReference.Forward(forest), forest, $"{length} tokens:");
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Every_head_width_is_within_rounding_of_double_precision(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int width in Sizes.Odd)
        {
            using var forest = new Forest<float>(Forests.Chain(3, 8, 1), new HeadShape(4, 2, width), 2, gap: 1).Forward();
            Near(AttentionReference.Forward(forest), forest, $"heads of {width}:");
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Random_trees_are_within_rounding_of_double_precision(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        for (ulong seed = 0; seed < 25; seed++)
        {
            var random = new RandomStream(seed);
            using var forest = new Forest<float>(Forests.Random(random, 1 + random.Next(9), 12), Forests.RandomShape(random), seed, gap: random.Next(3)).Forward();
            Near(AttentionReference.Forward(forest), forest, $"tree {seed}:");
        }
    }

    [Fact]
    public void Double_precision_is_exact_to_its_own_rounding()
    {
        var random = new RandomStream(3);
        using var forest = new Forest<double>(Forests.Random(random, 8, 9), new HeadShape(6, 2, 19), 3).Forward();
        Same.Within(AttentionReference.Forward(forest), forest.Output.Values, _ => 1e-14);
        forest.AssertUntouchedOutside();
    }

    [Theory, MemberData(nameof(PathData))]
    public void A_first_token_attends_to_itself_alone(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var forest = new Forest<float>(Forests.One(1), new HeadShape(3, 3, 33), 4).Forward();
        Same.Bits(forest.V.Values, forest.Output.Values);
    }

    [Theory, MemberData(nameof(PathData))]
    public void Equal_scores_give_the_mean_of_the_values_so_far(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var forest = new Forest<float>(Forests.Chain(20, 13), new HeadShape(2, 1, 5), 5);
        forest.Q.Fill((_, _) => 0);
        forest.V.Fill((row, column) => row + 100 * column);
        forest.Forward();
        double[] expected = [.. Enumerable.Range(0, 33 * 10).Select(i => (i / 10) / 2.0 + 100 * (i % 5))];
        Same.Within(expected, forest.Output.Values, _ => 1e-3);
    }

    [Theory, MemberData(nameof(PathData))]
    public void Scores_far_apart_pick_one_value_and_do_not_overflow(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var forest = new Forest<float>(Forests.One(21), new HeadShape(1, 1, 4), 6);
        forest.Q.Fill((_, _) => 1e18);
        forest.K.Fill((row, _) => row == 2 ? 1e18 : -1e18);
        forest.Forward();
        for (int row = 2; row < 21; row++) Same.Bits(forest.V.RowValues(2), forest.Output.RowValues(row), $"token {row}:");
    }

    [Theory, MemberData(nameof(PathData))]
    public void NaN_and_infinity_touch_nothing_that_does_not_see_them(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        var random = new RandomStream(7);
        var shape = new HeadShape(4, 2, 18);
        // A trunk of nine, two branches, the first with a child, and another prompt.
        Segment[] segments = [new(0, 9, -1, 0), new(9, 8, 0, 9), new(17, 5, 0, 9), new(22, 7, 1, 17), new(29, 10, -1, 0)];
        using var clean = new Forest<float>(segments, shape, 7).Forward();
        foreach (float special in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            for (int trial = 0; trial < 30; trial++)
            {
                int row = random.Next(clean.Rows), head = random.Next(4), place = trial % 3, column = random.Next(18);
                int kvHead = head / shape.Group;
                using var spoilt = new Forest<float>(segments, shape, 7);
                if (place == 0) spoilt.Q[row, head * 18 + column] = special;
                else (place == 1 ? spoilt.K : spoilt.V)[row, kvHead * 18 + column] = special;
                spoilt.Forward();

                bool Reached(int i)
                {
                    int reader = i / (4 * 18), readerHead = i / 18 % 4;
                    if (place == 0) return reader == row && readerHead == head;
                    return readerHead / shape.Group == kvHead && Sees(spoilt, reader, row) && (place == 1 || i % 18 == column);
                }

                string what = $"{special} in {"qkv"[place]}[{row}], head {head}, column {column}:";
                var (before, after, reference) = (clean.Output.Values, spoilt.Output.Values, AttentionReference.Forward(spoilt));
                for (int i = 0; i < after.Length; i++)
                {
                    if (Reached(i)) Same.Within(reference.AsSpan(i, 1), after.AsSpan(i, 1), _ => 1e-5, $"{what} {i}");
                    else Same.Bits(before.AsSpan(i, 1), after.AsSpan(i, 1), $"{what} {i}");
                }
            }
        }
    }

    private static bool Sees(Forest<float> forest, int reader, int row)
    {
        int segment = Array.FindIndex(forest.Segments, one => reader >= one.FirstRow && reader < one.FirstRow + one.Length);
        int[] context = forest.Context(segment);
        int position = Array.IndexOf(context, row);
        return position >= 0 && position <= Array.IndexOf(context, reader);
    }

    // Weights are of a few hundred normal scores, values of a few units: an error in one product shows in the second decimal.
    private static void Near(double[] expected, Forest<float> forest, string what)
    {
        Same.Within(expected, forest.Output.Values, _ => 4e-6, what);
        forest.AssertUntouchedOutside();
    }
}
