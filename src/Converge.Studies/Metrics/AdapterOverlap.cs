using Converge.Engine.Model;
using Converge.Engine.Tuning;
using MathNet.Numerics.LinearAlgebra;

namespace Converge.Studies.Metrics;

/// <summary>M15: how far two LoRA updates write into the same directions (Mishra et al. 2025, "IA2").</summary>
public static class AdapterOverlap
{
    /// <summary>
    /// |U1' U2|_F^2 / r, in [0, 1], with U the left singular vectors of two updates and r the lesser of the two ranks: 1 where one update's outputs lie
    /// in the other's, 0 where they are orthogonal, about r / out for unrelated ones. Null where an update is zero.
    /// </summary>
    /// <param name="first">The directions of one adapter in a layer.</param>
    /// <param name="second">Those of another in the same layer.</param>
    public static double? Of(AdapterDirections first, AdapterDirections second)
    {
        if (first.Vectors.Length == 0 || second.Vectors.Length == 0) return null;
        Matrix<double> u = Rows(first), v = Rows(second);
        double norm = u.TransposeAndMultiply(v).FrobeniusNorm();
        return Math.Clamp(norm * norm / Math.Min(u.RowCount, v.RowCount), 0, 1);
    }

    /// <summary>The directions of all layers of an adapter: block by block, target by target.</summary>
    public static IEnumerable<AdapterDirections> DirectionsOf(LoraAdapter adapter) => adapter.Blocks.SelectMany((block, i) => adapter.Recipe.Targets.Select(target =>
        new AdapterDirections(i + 1, target.Name(), block[target].B.Length / adapter.Recipe.Rank, LeftSingularVectors(block[target], adapter.Recipe.Rank))));

    /// <summary>
    /// The left singular vectors of B A whose singular value is above 1e-5 of the greatest, [directions, outputs]. B A A' B' = M M' with M = B (A A')^(1/2): the
    /// eigenvectors of M M', from the small matrix M' M.
    /// </summary>
    internal static float[] LeftSingularVectors(LoraPair pair, int rank)
    {
        var b = Matrix<double>.Build.Dense(pair.B.Length / rank, rank, (row, column) => pair.B[row * rank + column]);
        var a = Matrix<double>.Build.Dense(rank, pair.A.Length / rank, (row, column) => pair.A[row * (pair.A.Length / rank) + column]);
        var inner = a.TransposeAndMultiply(a).Evd(Symmetricity.Symmetric);
        var root = inner.EigenVectors * Matrix<double>.Build.DenseOfDiagonalVector(Vector<double>.Build.Dense(rank, i => Math.Sqrt(Math.Max(0, inner.EigenValues[i].Real))));
        var m = b * root;
        var outer = m.TransposeThisAndMultiply(m).Evd(Symmetricity.Symmetric);
        double greatest = outer.EigenValues.Max(value => value.Real);
        int[] kept = [.. Enumerable.Range(0, rank).Where(i => greatest > 0 && outer.EigenValues[i].Real > 1e-10 * greatest)];
        return [.. kept.SelectMany(i => (m * outer.EigenVectors.Column(i) / Math.Sqrt(outer.EigenValues[i].Real)).Select(value => (float)value))];
    }

    private static Matrix<double> Rows(AdapterDirections of) =>
        Matrix<double>.Build.Dense(of.Vectors.Length / of.Outputs, of.Outputs, (row, column) => of.Vectors[row * of.Outputs + column]);
}
