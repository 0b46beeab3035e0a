using Converge.Numerics.Tests.Attention;

namespace Converge.Numerics.Tests.Gradients;

/// <summary>Attention's gradient is that of its output.</summary>
public sealed class AttentionGradientTests
{
    [Fact]
    public void One_prompt() => AssertGradients(Forests.One(6), new HeadShape(2, 2, 3));

    [Fact]
    public void Heads_that_share_keys_and_values() => AssertGradients(Forests.One(4), new HeadShape(6, 2, 2));

    [Fact]
    public void Children_reach_the_keys_and_values_of_their_ancestors() =>
        AssertGradients([new(4, 2, -1, 0), new(0, 3, 0, 2), new(6, 2, 1, 5), new(3, 1, 0, 2), new(8, 2, -1, 0)], new HeadShape(2, 1, 3));

    [Fact]
    public void A_parents_keys_receive_something_from_a_child_alone()
    {
        using var forest = new Forest<double>([new(0, 2, -1, 0), new(2, 2, 0, 2)], new HeadShape(1, 1, 3), 9);
        forest.DOutput.View.Row(0).Clear();
        forest.DOutput.View.Row(1).Clear();
        forest.Backward();
        Assert.All(forest.DV.RowValues(0), value => Assert.NotEqual(0, value));
        Assert.All(forest.DK.RowValues(1), value => Assert.NotEqual(0, value));
    }

    private static void AssertGradients(Segment[] segments, HeadShape shape)
    {
        using var forest = new Forest<double>(segments, shape, 5).Backward();
        double Loss() => Differences.Dot(forest.Forward().Output, forest.DOutput);
        Differences.AssertGradient("dq", forest.Q, forest.DQ, Loss);
        Differences.AssertGradient("dk", forest.K, forest.DK, Loss);
        Differences.AssertGradient("dv", forest.V, forest.DV, Loss);
    }
}
