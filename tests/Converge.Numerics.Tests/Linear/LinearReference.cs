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

    /// <summary>dx + dy W in float32, each element summing its rows of W in ascending order by fused operations.</summary>
    public static float[] BackwardInput(TestMatrix<float> dy, TestWeight w, TestMatrix<float> dx)
    {
        var result = dx.Values;
        for (int m = 0; m < dx.Rows; m++)
            for (int k = 0; k < dx.Columns; k++)
                for (int n = 0; n < dy.Columns; n++)
                    result[m * dx.Columns + k] = MathF.FusedMultiplyAdd(dy[m, n], (float)w[n, k], result[m * dx.Columns + k]);
        return result;
    }

    /// <summary>dW + dy^T x in float32, each element summing the rows of x in ascending order by fused operations.</summary>
    public static float[] BackwardWeight(TestMatrix<float> dy, TestMatrix<float> x, TestMatrix<float> dw)
    {
        var result = dw.Values;
        for (int n = 0; n < dw.Rows; n++)
            for (int m = 0; m < x.Rows; m++)
                for (int k = 0; k < x.Columns; k++)
                    result[n * dw.Columns + k] = MathF.FusedMultiplyAdd(dy[m, n], x[m, k], result[n * dw.Columns + k]);
        return result;
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
