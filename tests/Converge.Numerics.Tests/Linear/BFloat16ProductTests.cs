using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Linear;

/// <summary>Linear layers that multiply pairs of bfloat16: on every vector path, for every type of weight, forward and backward.</summary>
[Collection(SimdCollection.Name)]
public sealed class BFloat16ProductTests
{
    private static readonly (int M, int N, int K)[] s_shapes = [(1, 1, 1), (2, 3, 16), (13, 70, 191), (5, 33, 387), (49, 26, 64), (29, 40, 800), (100, 49, 33)];

    public static TheoryData<SimdPath, ElementType> Cases => ForcedPath.WithTypes();

    public static TheoryData<SimdPath> Paths => ForcedPath.Data;

    [Theory, MemberData(nameof(Cases))]
    public void Every_path_has_the_bits_of_pairs_added_in_blocks(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (var (m, n, k) in s_shapes)
        {
            using var x = new TestMatrix<float>(m, k, gap: 3, byteOffset: 4).FillNormal(14);
            using var w = new TestWeight(type, n, k, TestWeight.Offsets(type)[^1]).FillNormal(15);
            using var dy = new TestMatrix<float>(m, n, gap: 1).FillNormal(16);
            foreach (var pool in new[] { Pools.One, Pools.Two })
            {
                using var y = new TestMatrix<float>(m, n, gap: 1, byteOffset: 4).FillNormal(17);
                using var dx = new TestMatrix<float>(m, k, gap: 2).FillNormal(18);
                float[] forward = [.. Forward(x, w).Select((sum, i) => y[i / n, i % n] + sum)], backward = [.. Backward(dy, w).Select((sum, i) => dx[i / k, i % k] + sum)];
                LinearForward.Run(pool, x.View, w.View, y.View, accumulate: true, Products.BFloat16);
                LinearBackwardInput.Run(pool, dy.View, w.View, dx.View, accumulate: true, Products.BFloat16);
                Same.Bits(forward, y.Values, $"y of [{m}, {k}] x [{n}, {k}]^T");
                Same.Bits(backward, dx.Values, $"dx of [{m}, {n}] x [{n}, {k}]");
                y.AssertUntouchedOutside();
                dx.AssertUntouchedOutside();
            }
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void An_element_depends_on_its_own_rows_alone(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var x = new TestMatrix<float>(132, 500).FillNormal(1);
        using var w = new TestWeight(ElementType.BF16, 30, 500).FillNormal(2);
        using var all = new TestMatrix<float>(132, 30);
        LinearForward.Run(Pools.Two, x.View, w.View, all.View, products: Products.BFloat16);
        foreach (int m in new[] { 1, 2, 15, 16, 17, 47, 48, 49, 97, 131 })
        {
            using var some = new TestMatrix<float>(m, 30);
            LinearForward.Run(Pools.Two, x.View.RowRange(132 - m, m), w.View, some.View, products: Products.BFloat16);
            Same.Bits(all.Values.AsSpan((132 - m) * 30), some.Values, $"{m} rows:");
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void NaN_and_infinity_stay_in_their_row(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var x = new TestMatrix<float>(20, 37).FillWhole(6);
        using var w = new TestWeight(ElementType.BF16, 26, 37).FillWhole(7);
        using var y = new TestMatrix<float>(20, 26);
        (x[3, 36], x[11, 0]) = (float.NaN, float.PositiveInfinity);
        LinearForward.Run(Pools.One, x.View, w.View, y.View, products: Products.BFloat16);
        for (int row = 0; row < 20; row++)
            for (int n = 0; n < 26; n++)
                Assert.Equal(row is 3 or 11 && !(row == 11 && float.IsInfinity(y[row, n])), float.IsNaN(y[row, n]));
    }

    [Fact]
    public void Numbers_of_eight_bits_are_multiplied_exactly()
    {
        using var x = new TestMatrix<float>(7, 66).FillWhole(1);
        using var w = new TestWeight(ElementType.F32, 9, 66).FillWhole(2);
        using var y = new TestMatrix<float>(7, 9);
        LinearForward.Run(Pools.Two, x.View, w.View, y.View, products: Products.BFloat16);
        Same.Within(LinearReference.Forward(x, w), y.Values, _ => 0);
    }

    [Fact]
    public void Double_precision_has_no_such_products()
    {
        using var x = new TestMatrix<double>(1, 2);
        using var w = new TestWeight(ElementType.F32, 1, 2);
        using var y = new TestMatrix<double>(1, 1);
        Assert.Throws<ArgumentException>(() => LinearForward.Run(Pools.One, x.View, w.View, y.View, products: Products.BFloat16));
        Assert.Throws<ArgumentException>(() => LinearBackwardInput.Run(Pools.One, y.View, w.View, x.View, products: Products.BFloat16));
    }

    // Written out once more: rounded with the help of decimals' own rules (ties to even at the eighth bit), pairs' second product first, blocks as SumBlocks cuts them.
    private static float[] Forward(TestMatrix<float> x, TestWeight w) =>
        Sums(x.View.Rows, w.View.Rows, w.View.Columns, (m, k) => x[m, k], (n, k) => (float)w[n, k]);

    private static float[] Backward(TestMatrix<float> dy, TestWeight w) =>
        Sums(dy.View.Rows, w.View.Columns, w.View.Rows, (m, n) => dy[m, n], (k, n) => (float)w[n, k]);

    private static float[] Sums(int rows, int columns, int terms, Func<int, int, float> left, Func<int, int, float> right)
    {
        int pairs = (terms + 1) / 2, block = SumBlocks.Length(pairs);
        var results = new float[rows * columns];
        for (int i = 0; i < results.Length; i++)
        {
            var (row, column) = (i / columns, i % columns);
            float sum = 0, part = 0;
            for (int pair = 0; pair < pairs; pair++)
            {
                if (pair % block == 0 && pair > 0) (sum, part) = (pair == block ? part : sum + part, 0);
                foreach (int term in new[] { 2 * pair + 1, 2 * pair })
                    part = MathF.FusedMultiplyAdd(term < terms ? Rounded(left(row, term)) : 0, term < terms ? Rounded(right(column, term)) : 0, part);
            }
            results[i] = pairs > block ? sum + part : part;
        }
        return results;
    }

    private static float Rounded(float value)
    {
        int exponent = Math.ILogB(value);
        return value == 0 ? value : (float)Math.ScaleB(Math.Round(Math.ScaleB(value, 7 - exponent), MidpointRounding.ToEven), exponent - 7);
    }
}
