using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>dx += dy W: the gradient of a linear layer with respect to its input, with W as it lies in the file.</summary>
public static class LinearBackwardInput
{
    /// <summary>dx[M, K] += dy[M, N] W[N, K]. An element sums its N in ascending order, starting from what dx holds.</summary>
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
        pool.For(dx.Rows, m =>
        {
            T* row = Scratch.First<T>(w.Columns);
            T* target = dx.RowPointer(m);
            for (int n = 0; n < w.Rows; n++)
            {
                Widen.Row(w, n, 0, w.Columns, row);
                T factor = dy.RowPointer(m)[n];
                for (int k = 0; k < w.Columns; k++) target[k] = T.FusedMultiplyAdd(factor, row[k], target[k]);
            }
        });
    }

    // A piece is 64 columns of W (and of dx). 256 rows of it at a time, widened, stay in the second-level cache while all rows of dy pass.
    private static unsafe void Vector<TVector, TSimd>(WorkPool pool, MatrixView<float> dy, WeightView w, MatrixView<float> dx)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        const int PieceColumns = 64, BlockN = 256;
        pool.For((w.Columns + PieceColumns - 1) / PieceColumns, piece =>
        {
            int first = piece * PieceColumns, columns = Math.Min(PieceColumns, w.Columns - first);
            int padded = (columns + TSimd.Width - 1) / TSimd.Width * TSimd.Width;
            float* block = Scratch.First<float>(BlockN * PieceColumns);
            // Where the last columns do not fill a vector, sums are kept in a padded copy.
            float* edge = padded == columns ? null : Scratch.Second<float>((long)dx.Rows * padded);
            if (edge != null) CopyEdge(dx, first, columns, edge, padded, toEdge: true);
            for (int n = 0; n < w.Rows; n += BlockN)
            {
                int count = Math.Min(BlockN, w.Rows - n);
                for (int i = 0; i < count; i++)
                {
                    Widen.Row(w, n + i, first, columns, block + i * PieceColumns);
                    for (int k = columns; k < padded; k++) block[i * PieceColumns + k] = 0;
                }
                float* target = edge != null ? edge : dx.Data + first;
                OuterTile<TVector, TSimd>.Run(dy.Data + n, dy.Stride, 1, block, PieceColumns, count, target, edge != null ? padded : dx.Stride, dx.Rows, padded);
            }
            if (edge != null) CopyEdge(dx, first, columns, edge, padded, toEdge: false);
        });
    }

    private static unsafe void CopyEdge(MatrixView<float> dx, int first, int columns, float* edge, int padded, bool toEdge)
    {
        for (int m = 0; m < dx.Rows; m++)
        {
            var outside = new Span<float>(dx.RowPointer(m) + first, columns);
            var inside = new Span<float>(edge + (nint)m * padded, padded);
            if (toEdge)
            {
                outside.CopyTo(inside);
                inside[columns..].Clear();
            }
            else inside[..columns].CopyTo(outside);
        }
    }
}
