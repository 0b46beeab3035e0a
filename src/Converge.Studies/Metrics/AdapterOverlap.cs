using MathNet.Numerics.LinearAlgebra;

namespace Converge.Studies.Metrics;

/// <summary>M15: how far two LoRA updates write into the same directions (Mishra et al. 2025, "IA2").</summary>
public static class AdapterOverlap
{
    /// <summary>
    /// |U1' U2|_F^2 / r, in [0, 1], with U the left singular vectors of the update B A and r the lesser of the two ranks: 1 where one update's outputs lie
    /// in the other's, 0 where they are orthogonal, about r / out for unrelated ones. Null where an update is zero.
    /// </summary>
    /// <param name="first">A [rank, in] and B [out, rank], row-major.</param>
    /// <param name="second">Of the same shape, but for the rank.</param>
    /// <param name="output">out, the number of outputs.</param>
    public static double? Of((float[] A, float[] B) first, (float[] A, float[] B) second, int output)
    {
        if (LeftSingularVectors(first, output) is not { } u || LeftSingularVectors(second, output) is not { } v) return null;
        double norm = u.TransposeThisAndMultiply(v).FrobeniusNorm();
        return Math.Clamp(norm * norm / Math.Min(u.ColumnCount, v.ColumnCount), 0, 1);
    }

    // B A A' B' = M M' with M = B (A A')^(1/2): its eigenvectors, from the small matrix M' M, are the left singular vectors of B A.
    private static Matrix<double>? LeftSingularVectors((float[] A, float[] B) adapter, int output)
    {
        int rank = adapter.B.Length / output;
        var b = Matrix<double>.Build.Dense(output, rank, (row, column) => adapter.B[row * rank + column]);
        var a = Matrix<double>.Build.Dense(rank, adapter.A.Length / rank, (row, column) => adapter.A[row * (adapter.A.Length / rank) + column]);
        var inner = a.TransposeAndMultiply(a).Evd(Symmetricity.Symmetric);
        var root = inner.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(Vector<double>.Build.Dense(rank, i => Math.Sqrt(Math.Max(0, inner.EigenValues[i].Real))));
        var m = b * root;
        var outer = m.TransposeThisAndMultiply(m).Evd(Symmetricity.Symmetric);
        double greatest = outer.EigenValues.Max(value => value.Real);
        int[] kept = [.. Enumerable.Range(0, rank).Where(i => greatest > 0 && outer.EigenValues[i].Real > 1e-10 * greatest)];
        return kept.Length == 0 ? null : Matrix<double>.Build.DenseOfColumnVectors(kept.Select(i => m * outer.EigenVectors.Column(i) / Math.Sqrt(outer.EigenValues[i].Real)));
    }
}
