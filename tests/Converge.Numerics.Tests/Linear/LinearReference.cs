using System.Numerics;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Linear;

/// <summary>Linear layers as the textbook has them, in double precision.</summary>
internal static class LinearReference
{
    /// <summary>y[M, N] = x W^T, row by row.</summary>
    public static double[] Forward<T>(TestMatrix<T> x, TestWeight w) where T : unmanaged, IFloatingPointIeee754<T> => Sum(x, w, value => value);

    /// <summary>The sums of the absolute products: what rounding errors are relative to.</summary>
    public static double[] Magnitude<T>(TestMatrix<T> x, TestWeight w) where T : unmanaged, IFloatingPointIeee754<T> => Sum(x, w, Math.Abs);

    /// <summary>x W^T in float32, each element summed as all paths promise.</summary>
    public static float[] ForwardBits(TestMatrix<float> x, TestWeight w) =>
        [.. Enumerable.Range(0, x.Rows * w.View.Rows).Select(i => Sum(x.Columns, k => (x[i / w.View.Rows, k], (float)w[i % w.View.Rows, k])))];

    /// <summary>dx + dy W in float32, each element summed as all paths promise.</summary>
    public static float[] BackwardInput(TestMatrix<float> dy, TestWeight w, TestMatrix<float> dx) =>
        [.. dx.Values.Select((before, i) => before + Sum(dy.Columns, n => (dy[i / dx.Columns, n], (float)w[n, i % dx.Columns])))];

    /// <summary>dW + dy^T x in float32, each element summed as all paths promise.</summary>
    public static float[] BackwardWeight(TestMatrix<float> dy, TestMatrix<float> x, TestMatrix<float> dw) =>
        [.. dw.Values.Select((before, i) => before + Sum(x.Rows, m => (dy[m, i / dw.Columns], x[m, i % dw.Columns])))];

    // Up to 192 terms are one chain; more are cut into as few blocks as that allows, equal but for being a multiple of 16.
    private static float Sum(int terms, Func<int, (float, float)> term)
    {
        int blocks = (terms + 191) / 192, length = (terms + blocks * 16 - 1) / (blocks * 16) * 16;
        float total = 0;
        for (int first = 0; first < terms; first += length)
        {
            float part = 0;
            for (int i = first; i < Math.Min(terms, first + length); i++) part = MathF.FusedMultiplyAdd(term(i).Item1, term(i).Item2, part);
            total = first == 0 ? part : total + part;
        }
        return total;
    }

    private static double[] Sum<T>(TestMatrix<T> x, TestWeight w, Func<double, double> term) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rows = w.View.Rows;
        var weights = new double[rows * x.Columns];
        for (int i = 0; i < weights.Length; i++) weights[i] = w[i / x.Columns, i % x.Columns];
        var y = new double[x.Rows * rows];
        for (int m = 0; m < x.Rows; m++)
        {
            double[] values = [.. x.RowValues(m).Select(double.CreateChecked)];
            for (int n = 0; n < rows; n++)
                for (int k = 0; k < x.Columns; k++) y[m * rows + n] += term(values[k] * weights[n * x.Columns + k]);
        }
        return y;
    }
}
