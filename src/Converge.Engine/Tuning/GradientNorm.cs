using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>The Euclidean norm of many gradients together.</summary>
internal static class GradientNorm
{
    /// <summary>Summed in double precision, in the order given.</summary>
    public static double Of<T>(IEnumerable<Matrix<T>> gradients) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0;
        foreach (var matrix in gradients)
            for (int row = 0; row < matrix.Rows; row++)
                foreach (T value in matrix.View.Row(row))
                {
                    double v = double.CreateTruncating(value);
                    sum += v * v;
                }
        return Math.Sqrt(sum);
    }
}
