using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>dW += dy^T x: the gradient of a linear layer with respect to its weight.</summary>
public static class LinearBackwardWeight
{
    // Rows that are summed before they are added to dW: bounds the packed copy.
    private const int MostAtOnce = PackedScalars.MostAtOnce;

    /// <summary>dW[N, K] += dy[M, N]^T x[M, K]. An element's sum over M depends on its own columns of dy and x alone; every 4032 rows are added to what dW holds.</summary>
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
        pool.For(dw.Rows, n =>
        {
            T* work = Scratch.First<T>(2L * x.Columns);
            Span<T> part = new(work, x.Columns), sum = new(work + x.Columns, x.Columns);
            for (int start = 0; start < x.Rows; start += MostAtOnce)
            {
                int rows = Math.Min(MostAtOnce, x.Rows - start), block = SumBlocks.Length(rows);
                for (int m = 0; m < rows; m++)
                {
                    if (m % block == 0) part.Clear();
                    T factor = dy.RowPointer(start + m)[n];
                    T* values = x.RowPointer(start + m);
                    for (int k = 0; k < x.Columns; k++) part[k] = T.FusedMultiplyAdd(factor, values[k], part[k]);
                    if ((m + 1) % block != 0 && m + 1 < rows) continue;
                    if (m < block) part.CopyTo(sum);
                    else part.AddTo(sum);
                }
                sum.AddTo(dw.Row(n));
            }
        });
    }

    private static void Vector<TVector, TSimd>(WorkPool pool, MatrixView<float> dy, MatrixView<float> x, MatrixView<float> dw)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        for (int row = 0; row < dy.Rows; row += MostAtOnce)
        {
            int rows = Math.Min(MostAtOnce, dy.Rows - row);
            var packed = PackedScalars.OfColumns(pool, dy.RowRange(row, rows));
            ScalarProduct<TVector, TSimd, ProductTile<TVector, TSimd>, StepLayout, MatrixRows<TVector, TSimd>>.Run(pool, packed, new MatrixRows<TVector, TSimd>(x.RowRange(row, rows)), dw, accumulate: true);
        }
    }
}
