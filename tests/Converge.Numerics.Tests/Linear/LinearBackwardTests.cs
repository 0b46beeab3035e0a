using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Linear;

/// <summary>
/// Both gradients of a linear layer. Their order of summation is promised element by element, so every path must give the very bits of a chain of
/// fused operations.
/// </summary>
[Collection(SimdCollection.Name)]
public sealed class LinearBackwardTests
{
    public static TheoryData<SimdPath, ElementType> Cases => ForcedPath.WithTypes();

    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Theory, MemberData(nameof(Cases))]
    public void The_input_gradient_has_the_bits_of_a_chain_of_fused_operations(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (var (m, n, k) in Shapes())
        {
            int offset = TestWeight.Offsets(type)[^1];
            using var dy = new TestMatrix<float>(m, n, gap: 2, byteOffset: 4).FillNormal(1);
            using var w = new TestWeight(type, n, k, offset).FillNormal(2);
            using var dx = new TestMatrix<float>(m, k, gap: 3, byteOffset: 4).FillNormal(3);
            var expected = LinearReference.BackwardInput(dy, w, dx);
            LinearBackwardInput.Run(Pools.Two, dy.View, w.View, dx.View, accumulate: true);
            Same.Bits(expected, dx.Values, $"dy [{m}, {n}] W [{n}, {k}]");
            dx.Fill((_, _) => 0);
            expected = LinearReference.BackwardInput(dy, w, dx);
            dx.Fill((_, _) => double.NaN);
            LinearBackwardInput.Run(Pools.Two, dy.View, w.View, dx.View);
            Same.Bits(expected, dx.Values, $"dy [{m}, {n}] W [{n}, {k}], set:");
            dx.AssertUntouchedOutside();
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void The_weight_gradient_has_the_bits_of_a_chain_of_fused_operations(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (var (n, m, k) in Shapes())
        {
            using var dy = new TestMatrix<float>(m, n, gap: 2, byteOffset: 4).FillNormal(4);
            using var x = new TestMatrix<float>(m, k, gap: 1, byteOffset: 4).FillNormal(5);
            using var dw = new TestMatrix<float>(n, k, gap: 3, byteOffset: 4).FillNormal(6);
            var expected = LinearReference.BackwardWeight(dy, x, dw);
            LinearBackwardWeight.Run(Pools.Two, dy.View, x.View, dw.View);
            Same.Bits(expected, dw.Values, $"dy [{m}, {n}] x [{m}, {k}]");
            dw.AssertUntouchedOutside();
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void NaN_and_infinity_reach_only_the_elements_that_they_belong_to(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        const int M = 9, N = 13, K = 71;
        foreach (float special in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            foreach (var (m, n, k) in new[] { (0, 0, 0), (4, 6, 63), (8, 12, 70), (8, 12, 64) })
            {
                using var dy = new TestMatrix<float>(M, N).FillWhole(7);
                using var x = new TestMatrix<float>(M, K).FillWhole(8);
                using var w = new TestWeight(type, N, K).FillWhole(9);
                foreach (var place in new[] { "dy", "x", "w" })
                {
                    float dyBefore = dy[m, n], xBefore = x[m, k];
                    double wBefore = w[n, k];
                    if (place == "dy") dy[m, n] = special;
                    else if (place == "x") x[m, k] = special;
                    else w[n, k] = special;
                    using var dx = new TestMatrix<float>(M, K).FillWhole(10);
                    using var dw = new TestMatrix<float>(N, K).FillWhole(11);
                    var (expectedDx, expectedDw) = (LinearReference.BackwardInput(dy, w, dx), LinearReference.BackwardWeight(dy, x, dw));
                    LinearBackwardInput.Run(Pools.Two, dy.View, w.View, dx.View, accumulate: true);
                    LinearBackwardWeight.Run(Pools.Two, dy.View, x.View, dw.View);
                    Same.Bits(expectedDx, dx.Values, $"dx with {special} in {place}[{m}, {n}, {k}]:");
                    Same.Bits(expectedDw, dw.Values, $"dW with {special} in {place}[{m}, {n}, {k}]:");
                    dy[m, n] = dyBefore;
                    x[m, k] = xBefore;
                    w[n, k] = wBefore;
                }
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Rows_and_threads_do_not_change_a_bit(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var dy = new TestMatrix<float>(67, 300).FillNormal(12);
        using var x = new TestMatrix<float>(67, 70).FillNormal(13);
        using var w = new TestWeight(ElementType.BF16, 300, 70).FillNormal(14);
        using var all = new TestMatrix<float>(67, 70).Fill((_, _) => 0);
        LinearBackwardInput.Run(Pools.One, dy.View, w.View, all.View);
        for (int m = 1; m <= 67; m++)
        {
            using var some = new TestMatrix<float>(m, 70).Fill((_, _) => 0);
            LinearBackwardInput.Run(m % 2 == 0 ? Pools.Two : Pools.Five, dy.View.RowRange(67 - m, m), w.View, some.View);
            Same.Bits(all.Values.AsSpan((67 - m) * 70), some.Values, $"{m} rows:");
        }
        using var one = new TestMatrix<float>(300, 70).Fill((_, _) => 0);
        LinearBackwardWeight.Run(Pools.One, dy.View, x.View, one.View);
        using var five = new TestMatrix<float>(300, 70).Fill((_, _) => 0);
        LinearBackwardWeight.Run(Pools.Five, dy.View, x.View, five.View);
        Same.Bits(one.Values, five.Values);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var dy = new TestMatrix<float>(2, 3);
        using var w = new TestWeight(ElementType.F32, 3, 4);
        using var x = new TestMatrix<float>(2, 4);
        using var odd = new TestMatrix<float>(3, 5);
        Assert.Throws<ArgumentException>(() => LinearBackwardInput.Run(Pools.One, dy.View, w.View, odd.View));
        Assert.Throws<ArgumentException>(() => LinearBackwardInput.Run(Pools.One, odd.View, w.View, x.View));
        Assert.Throws<ArgumentException>(() => LinearBackwardWeight.Run(Pools.One, dy.View, x.View, odd.View));
        Assert.Throws<ArgumentException>(() => LinearBackwardWeight.Run(Pools.One, dy.View, odd.View, odd.View));
        odd.AssertUntouchedOutside();
    }

    private static IEnumerable<(int M, int N, int K)> Shapes()
    {
        foreach (int k in Sizes.All) yield return (7, 5, k);
        foreach (int m in Sizes.Odd) yield return (m, 13, 37);
        foreach (int n in Sizes.All) yield return (7, n, 19);
        yield return (13, 257, 129);
    }
}
