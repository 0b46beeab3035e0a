using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>dW += dy^T x: the gradient of a linear layer with respect to its weight.</summary>
public static class LinearBackwardWeight
{
    /// <summary>dW[N, K] += dy[M, N]^T x[M, K]. An element sums its M in ascending order, starting from what dW holds.</summary>
    public static void Run<T>(WorkPool pool, MatrixView<T> dy, MatrixView<T> x, MatrixView<T> dw) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (dw.Columns != x.Columns || dy.Columns != dw.Rows || x.Rows != dy.Rows)
            throw new ArgumentException($"dy [{dy.Rows}, {dy.Columns}], x [{x.Rows}, {x.Columns}] and dW [{dw.Rows}, {dw.Columns}] do not fit");
        if (x.Rows == 0) return;
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        if (path == SimdPath.Scalar)
        {
            Scalar(pool, dy, x, dw);
            return;
        }
        var (dyf, xf, dwf) = (Unsafe.As<MatrixView<T>, MatrixView<float>>(ref dy), Unsafe.As<MatrixView<T>, MatrixView<float>>(ref x), Unsafe.As<MatrixView<T>, MatrixView<float>>(ref dw));
        if (path == SimdPath.Avx512) Vector<Vector512<float>, Simd512>(pool, dyf, xf, dwf);
        else if (path == SimdPath.Avx2) Vector<Vector256<float>, Simd256>(pool, dyf, xf, dwf);
        else Vector<Vector128<float>, Simd128>(pool, dyf, xf, dwf);
    }

    /// <summary>The reference.</summary>
    internal static unsafe void Scalar<T>(WorkPool pool, MatrixView<T> dy, MatrixView<T> x, MatrixView<T> dw) where T : unmanaged, IFloatingPointIeee754<T>
    {
        pool.For(dw.Rows, n => Rows(dy, x, dw, n, 1, 0, x.Columns));
    }

    // A piece is 96 rows of dW. 256 rows of dy and x at a time are packed, so that a step reads neighbouring memory rather than a page for each operand.
    private static unsafe void Vector<TVector, TSimd>(WorkPool pool, MatrixView<float> dy, MatrixView<float> x, MatrixView<float> dw)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        const int PieceRows = 96, PieceColumns = 64, BlockM = 256;
        int whole = dw.Columns / TSimd.Width * TSimd.Width;
        pool.For((dw.Rows + PieceRows - 1) / PieceRows, piece =>
        {
            int first = piece * PieceRows, rows = Math.Min(PieceRows, dw.Rows - first);
            float* left = Scratch.First<float>(BlockM * (PieceRows + PieceColumns));
            float* right = left + BlockM * PieceRows;
            for (int m = 0; m < x.Rows; m += BlockM)
            {
                int count = Math.Min(BlockM, x.Rows - m);
                for (int i = 0; i < count; i++) new Span<float>(dy.RowPointer(m + i) + first, rows).CopyTo(new Span<float>(left + i * PieceRows, rows));
                for (int column = 0; column < whole; column += PieceColumns)
                {
                    int columns = Math.Min(PieceColumns, whole - column);
                    for (int i = 0; i < count; i++) new Span<float>(x.RowPointer(m + i) + column, columns).CopyTo(new Span<float>(right + i * PieceColumns, columns));
                    OuterTile<TVector, TSimd>.Run(left, 1, PieceRows, right, PieceColumns, count, dw.RowPointer(first) + column, dw.Stride, rows, columns);
                }
            }
            if (whole < dw.Columns) Rows(dy, x, dw, first, rows, whole, dw.Columns);
        });
    }

    private static unsafe void Rows<T>(MatrixView<T> dy, MatrixView<T> x, MatrixView<T> dw, int first, int rows, int fromColumn, int toColumn) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int n = first; n < first + rows; n++)
        {
            T* target = dw.RowPointer(n);
            for (int m = 0; m < x.Rows; m++)
            {
                T factor = dy.RowPointer(m)[n];
                T* values = x.RowPointer(m);
                for (int k = fromColumn; k < toColumn; k++) target[k] = T.FusedMultiplyAdd(factor, values[k], target[k]);
            }
        }
    }
}
