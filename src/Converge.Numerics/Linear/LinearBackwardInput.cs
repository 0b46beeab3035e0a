using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>dx += dy W: the gradient of a linear layer with respect to its input, with W as it lies in the file.</summary>
public static class LinearBackwardInput
{
    /// <summary>dx[M, K] += dy[M, N] W[N, K]. An element's sum over N depends on its own row of dy and column of W alone.</summary>
    public static void Run<T>(WorkPool pool, MatrixView<T> dy, WeightView w, MatrixView<T> dx) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (dx.Columns != w.Columns || dy.Columns != w.Rows || dx.Rows != dy.Rows)
            throw new ArgumentException($"dy [{dy.Rows}, {dy.Columns}], W [{w.Rows}, {w.Columns}] and dx [{dx.Rows}, {dx.Columns}] do not fit");
        if (dx.Rows == 0) return;
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        if (path == SimdPath.Scalar)
        {
            Scalar(pool, dy, w, dx);
            return;
        }
        var (dyf, dxf) = (Unsafe.As<MatrixView<T>, MatrixView<float>>(ref dy), Unsafe.As<MatrixView<T>, MatrixView<float>>(ref dx));
        if (path == SimdPath.Avx512) Vector<Vector512<float>, Simd512>(pool, dyf, w, dxf);
        else if (path == SimdPath.Avx2) Vector<Vector256<float>, Simd256>(pool, dyf, w, dxf);
        else Vector<Vector128<float>, Simd128>(pool, dyf, w, dxf);
    }

    /// <summary>The reference.</summary>
    internal static unsafe void Scalar<T>(WorkPool pool, MatrixView<T> dy, WeightView w, MatrixView<T> dx) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int block = SumBlocks.Length(w.Rows);
        pool.For(dx.Rows, m =>
        {
            T* row = Scratch.First<T>(3L * w.Columns);
            Span<T> part = new(row + w.Columns, w.Columns), sum = new(row + 2 * w.Columns, w.Columns);
            for (int n = 0; n < w.Rows; n++)
            {
                if (n % block == 0) part.Clear();
                Widen.Row(w, n, 0, w.Columns, row);
                T factor = dy.RowPointer(m)[n];
                for (int k = 0; k < w.Columns; k++) part[k] = T.FusedMultiplyAdd(factor, row[k], part[k]);
                if ((n + 1) % block != 0 && n + 1 < w.Rows) continue;
                if (n < block) part.CopyTo(sum);
                else part.AddTo(sum);
            }
            sum.AddTo(dx.Row(m));
        });
    }

    private static void Vector<TVector, TSimd>(WorkPool pool, MatrixView<float> dy, WeightView w, MatrixView<float> dx)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        const int Most = PackedScalars.MostAtOnce;
        for (int row = 0; row < dy.Rows; row += Most)
        {
            int rows = Math.Min(Most, dy.Rows - row);
            var packed = PackedScalars.OfRows(pool, dy.RowRange(row, rows));
            ScalarProduct<TVector, TSimd>.Run<LineLayout, WeightRows<TVector, TSimd>>(pool, packed, new WeightRows<TVector, TSimd>(w), dx.RowRange(row, rows));
        }
    }
}
