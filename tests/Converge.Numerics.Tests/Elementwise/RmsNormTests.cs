using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>Root-mean-square normalisation on every vector path against double precision.</summary>
[Collection(SimdCollection.Name)]
public sealed class RmsNormTests
{
    private const double Epsilon = 1e-5;

    public static TheoryData<SimdPath, ElementType> Cases => ForcedPath.WithTypes();

    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Theory, MemberData(nameof(Cases))]
    public void Every_width_is_within_rounding_of_double_precision(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (int n in Sizes.All)
        {
            using var x = new TestMatrix<float>(19, n, gap: 2, byteOffset: 4).FillNormal((ulong)n, deviation: 3);
            using var w = new TestWeight(type, 1, n, TestWeight.Offsets(type)[^1]).FillNormal(2);
            using var y = new TestMatrix<float>(19, n, gap: 1, byteOffset: 4);
            RmsNorm.Forward(Pools.Two, x.View, w.View, Epsilon, y.View);
            var expected = Forward(x, w);
            Same.Within(expected, y.Values, i => (6 + 0.5 * Math.Sqrt(n)) * Rounding.Single * Math.Abs(expected[i]), $"[19, {n}]");
            y.AssertUntouchedOutside();
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Every_gradient_is_within_rounding_of_double_precision(SimdPath path, ElementType type)
    {
        using var forced = new ForcedPath(path);
        foreach (int n in Sizes.All)
        {
            using var x = new TestMatrix<float>(18, n, gap: 1, byteOffset: 4).FillNormal((ulong)n, deviation: 0.5);
            using var dy = new TestMatrix<float>(18, n, gap: 2).FillNormal(3);
            using var w = new TestWeight(type, 1, n, TestWeight.Offsets(type)[^1]).FillNormal(2);
            using var dx = new TestMatrix<float>(18, n, gap: 3, byteOffset: 4).FillNormal(4);
            using var dw = new TestMatrix<float>(1, n, gap: 3, byteOffset: 4).FillNormal(5);
            var (expectedDx, expectedDw, terms) = Backward(x, w, dy, dx, dw);
            RmsNorm.Backward(Pools.Two, x.View, w.View, Epsilon, dy.View, dx.View, dw.View);
            Same.Within(expectedDx, dx.Values, i => (8 + Math.Sqrt(n)) * Rounding.Single * (1 + terms[i / n]), $"dx [18, {n}]");
            double scale = 1 + expectedDw.Max(Math.Abs);
            Same.Within(expectedDw, dw.Values, _ => 30 * Rounding.Single * scale, $"dw [18, {n}]");
            dx.AssertUntouchedOutside();
            dw.AssertUntouchedOutside();
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void A_row_of_equal_numbers_becomes_their_sign(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var x = new TestMatrix<float>(2, 37).Fill((row, _) => row == 0 ? 3 : -1e6);
        using var w = new TestWeight(ElementType.BF16, 1, 37).Fill((_, _) => 1);
        using var y = new TestMatrix<float>(2, 37);
        RmsNorm.Forward(Pools.One, x.View, w.View, 0, y.View);
        Assert.All(y.RowValues(0), value => Assert.Equal(1, value, 6));
        Assert.All(y.RowValues(1), value => Assert.Equal(-1, value, 6));
    }

    [Theory, MemberData(nameof(PathData))]
    public void A_row_of_zeros_or_subnormals_stays_small(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var x = new TestMatrix<float>(2, 19).Fill((row, column) => row == 0 ? 0 : Math.ScaleB(column, -149));
        using var w = new TestWeight(ElementType.F32, 1, 19).Fill((_, _) => 1);
        using var y = new TestMatrix<float>(2, 19);
        RmsNorm.Forward(Pools.One, x.View, w.View, Math.ScaleB(1, -16), y.View);
        Same.Bits(new float[19], y.RowValues(0));
        // 1 / sqrt(2^-16) = 2^8, and the subnormals' squares are nothing beside epsilon.
        Same.Bits([.. Enumerable.Range(0, 19).Select(column => MathF.ScaleB(column, -141))], y.RowValues(1));
    }

    [Theory, MemberData(nameof(PathData))]
    public void NaN_and_infinity_stay_in_their_row(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        const int Rows = 18, N = 35;
        using var x = new TestMatrix<float>(Rows, N).FillNormal(6);
        using var dy = new TestMatrix<float>(Rows, N).FillNormal(7);
        using var w = new TestWeight(ElementType.F16, 1, N).FillNormal(8);
        var (clean, cleanDx) = Run(x, w, dy);
        foreach (float special in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            foreach (var (row, column) in new[] { (0, 0), (5, 33), (17, 34) })
            {
                using var spoilt = x.Copy();
                spoilt[row, column] = special;
                var (y, dx) = Run(spoilt, w, dy);
                for (int other = 0; other < Rows; other++)
                {
                    if (other == row) continue;
                    Same.Bits(clean.AsSpan(other * N, N), y.AsSpan(other * N, N), $"row {other}, {special} in row {row}:");
                    Same.Bits(cleanDx.AsSpan(other * N, N), dx.AsSpan(other * N, N), $"dx of row {other}, {special} in row {row}:");
                }
                Same.Within(Forward(spoilt, w).AsSpan(row * N, N), y.AsSpan(row * N, N), _ => 0, $"{special} in its own row:");
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Rows_and_threads_do_not_change_a_bit(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        const int Rows = 67, N = 131;
        using var x = new TestMatrix<float>(Rows, N).FillNormal(9);
        using var dy = new TestMatrix<float>(Rows, N).FillNormal(10);
        using var w = new TestWeight(ElementType.BF16, 1, N).FillNormal(11);
        var (all, allDx) = Run(x, w, dy);
        for (int row = 0; row < Rows; row++)
        {
            using var one = new TestMatrix<float>(1, N);
            using var dx = new TestMatrix<float>(1, N).Fill((_, _) => 0);
            RmsNorm.Forward(Pools.One, x.View.RowRange(row, 1), w.View, Epsilon, one.View);
            RmsNorm.Backward(Pools.One, x.View.RowRange(row, 1), w.View, Epsilon, dy.View.RowRange(row, 1), dx.View, null);
            Same.Bits(all.AsSpan(row * N, N), one.Values, $"row {row}:");
            Same.Bits(allDx.AsSpan(row * N, N), dx.Values, $"dx of row {row}:");
        }
        using var dwOne = new TestMatrix<float>(1, N).Fill((_, _) => 0);
        using var dwFive = new TestMatrix<float>(1, N).Fill((_, _) => 0);
        using var unused = new TestMatrix<float>(Rows, N).Fill((_, _) => 0);
        RmsNorm.Backward(Pools.One, x.View, w.View, Epsilon, dy.View, unused.View, dwOne.View);
        RmsNorm.Backward(Pools.Five, x.View, w.View, Epsilon, dy.View, unused.View, dwFive.View);
        Same.Bits(dwOne.Values, dwFive.Values);
    }

    private static (float[] Y, float[] DX) Run(TestMatrix<float> x, TestWeight w, TestMatrix<float> dy)
    {
        using var y = new TestMatrix<float>(x.Rows, x.Columns);
        using var dx = new TestMatrix<float>(x.Rows, x.Columns).Fill((_, _) => 0);
        RmsNorm.Forward(Pools.Two, x.View, w.View, Epsilon, y.View);
        RmsNorm.Backward(Pools.Five, x.View, w.View, Epsilon, dy.View, dx.View, null);
        return (y.Values, dx.Values);
    }

    private static double[] Forward(TestMatrix<float> x, TestWeight w)
    {
        var y = new double[x.Rows * x.Columns];
        for (int row = 0; row < x.Rows; row++)
        {
            double rms = Rms(x, row);
            for (int i = 0; i < x.Columns; i++) y[row * x.Columns + i] = w[0, i] * (x[row, i] * (1 / rms));
        }
        return y;
    }

    // And the greatest term of each row, of which rounding takes a part.
    // dx_j = sum over i of dy_i w_i (delta_ij / r - x_i x_j / (n r^3)).
    private static (double[] DX, double[] DW, double[] Terms) Backward(TestMatrix<float> x, TestWeight w, TestMatrix<float> dy, TestMatrix<float> dx, TestMatrix<float> dw)
    {
        int n = x.Columns;
        double[] resultX = [.. dx.Values], resultW = [.. dw.Values], terms = new double[x.Rows];
        for (int row = 0; row < x.Rows; row++)
        {
            double r = Rms(x, row), inner = 0;
            for (int i = 0; i < n; i++) inner += dy[row, i] * w[0, i] * x[row, i];
            for (int i = 0; i < n; i++)
            {
                terms[row] = Math.Max(terms[row], Math.Abs(dy[row, i] * w[0, i] / r));
                resultX[row * n + i] += dy[row, i] * w[0, i] / r - inner * x[row, i] / (n * r * r * r);
                resultW[i] += dy[row, i] * (double)x[row, i] / r;
            }
        }
        return (resultX, resultW, terms);
    }

    private static double Rms(TestMatrix<float> x, int row) => Math.Sqrt(x.RowValues(row).Sum(value => (double)value * value) / x.Columns + Epsilon);
}
