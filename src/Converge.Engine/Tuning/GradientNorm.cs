using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>The Euclidean norm of many gradients together.</summary>
internal static class GradientNorm
{
    /// <summary>Summed in double precision, matrix by matrix in the order given.</summary>
    public static double Of<T>(Matrix<T>[] gradients) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0;
        foreach (var matrix in gradients) sum += SumOfSquares.Of(matrix);
        return Math.Sqrt(sum);
    }
}
