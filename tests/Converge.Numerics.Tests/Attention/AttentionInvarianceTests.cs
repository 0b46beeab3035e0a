using Converge.Numerics.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Numerics.Tests.Attention;

/// <summary>What a token receives is a function of its prompt up to itself, bit for bit.</summary>
[Collection(SimdCollection.Name)]
public sealed class AttentionInvarianceTests
{
    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Theory, MemberData(nameof(PathData))]
    public void A_prompt_may_be_cut_anywhere(SimdPath path) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll<uint>(seed =>
    {
        using var forced = new ForcedPath(path);
        var random = new RandomStream(seed);
        int length = 1 + random.Next(90);
        var shape = Forests.RandomShape(random);
        using var whole = new Forest<float>(Forests.One(length), shape, seed).Forward(Pools.One);
        for (int trial = 0; trial < 4; trial++)
        {
            var lengths = new List<int>();
            for (int left = length; left > 0; left -= lengths[^1]) lengths.Add(1 + random.Next(Math.Min(left, 1 + random.Next(30))));
            using var cut = new Forest<float>(Forests.Chain([.. lengths]), shape, seed, gap: random.Next(4)).Forward(trial % 2 == 0 ? Pools.Two : Pools.Five);
            Same.Bits(whole.Output.Values, cut.Output.Values, $"cut into {string.Join(' ', lengths)}:");
        }
    }));

    [Theory, MemberData(nameof(PathData))]
    public void A_branch_of_a_tree_equals_its_prompt_alone(SimdPath path) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll<uint>(seed =>
    {
        using var forced = new ForcedPath(path);
        var random = new RandomStream(seed);
        var shape = Forests.RandomShape(random);
        // Few threads take several segments at a time, whose contexts they gather one after the other.
        using var forest = new Forest<float>(Forests.Random(random, 1 + random.Next(40), 12), shape, seed).Forward((seed % 3) switch { 0 => Pools.One, 1 => Pools.Two, _ => Pools.Five });
        for (int segment = 0; segment < forest.Segments.Length; segment++)
        {
            int[] rows = forest.Context(segment);
            using var alone = new Forest<float>(Forests.One(rows.Length), shape, seed).CopyRows(forest, rows).Forward(Pools.One);
            for (int position = 0; position < rows.Length; position++) Same.Bits(alone.Output.RowValues(position), forest.Output.RowValues(rows[position]), $"segment {segment}:");
        }
    }));

    [Theory, MemberData(nameof(PathData))]
    public void The_gradient_of_a_tree_does_not_depend_on_other_trees_or_threads(SimdPath path) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll<uint>(seed =>
    {
        using var forced = new ForcedPath(path);
        var random = new RandomStream(seed);
        var shape = Forests.RandomShape(random, 35);
        using var forest = new Forest<float>(Forests.Random(random, 2 + random.Next(9), 15), shape, seed).Backward(seed % 2 == 0 ? Pools.Two : Pools.Five);
        var segments = forest.Segments;
        int Root(int index) => segments[index].Parent < 0 ? index : Root(segments[index].Parent);
        foreach (var tree in Enumerable.Range(0, segments.Length).GroupBy(Root))
        {
            int[] members = [.. tree];
            var alone = new Segment[members.Length];
            var rows = new List<int>();
            for (int i = 0; i < members.Length; i++)
            {
                var segment = segments[members[i]];
                alone[i] = segment with { FirstRow = rows.Count, Parent = Array.IndexOf(members, segment.Parent) };
                rows.AddRange(Enumerable.Range(segment.FirstRow, segment.Length));
            }
            using var single = new Forest<float>(alone, shape, seed).CopyRows(forest, rows).Backward(Pools.One);
            for (int row = 0; row < rows.Count; row++)
            {
                Same.Bits(single.DQ.RowValues(row), forest.DQ.RowValues(rows[row]), "dq");
                Same.Bits(single.DK.RowValues(row), forest.DK.RowValues(rows[row]), "dk");
                Same.Bits(single.DV.RowValues(row), forest.DV.RowValues(rows[row]), "dv");
            }
        }
    }));
}
