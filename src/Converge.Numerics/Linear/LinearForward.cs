using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>y = x W^T: a linear layer's forward pass, with W as it lies in the file, row-major [out, in].</summary>
public static class LinearForward
{
    /// <summary>
    /// y[M, N] = x[M, K] W[N, K]^T, or y += that. An element's sum over K depends on its own row of x and of W alone.
    /// </summary>
    public static void Run<T>(WorkPool pool, MatrixView<T> x, WeightView w, MatrixView<T> y, bool accumulate = false) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (x.Columns != w.Columns || y.Columns != w.Rows || x.Rows != y.Rows)
            throw new ArgumentException($"x [{x.Rows}, {x.Columns}], W [{w.Rows}, {w.Columns}] and y [{y.Rows}, {y.Columns}] do not fit");
        if (x.Rows == 0) return;
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        if (path == SimdPath.Scalar)
        {
            Scalar(pool, x, w, y, accumulate);
            return;
        }
        var (xf, yf) = (Unsafe.As<MatrixView<T>, MatrixView<float>>(ref x), Unsafe.As<MatrixView<T>, MatrixView<float>>(ref y));
        if (path == SimdPath.Avx512) Vector<Vector512<float>, Simd512>(pool, xf, w, yf, accumulate);
        else if (path == SimdPath.Avx2) Vector<Vector256<float>, Simd256>(pool, xf, w, yf, accumulate);
        else Vector<Vector128<float>, Simd128>(pool, xf, w, yf, accumulate);
    }

    private static void Vector<TVector, TSimd>(WorkPool pool, MatrixView<float> x, WeightView w, MatrixView<float> y, bool accumulate)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        // Bounds the packed copy of x.
        const int Most = PackedScalars.MostAtOnce;
        for (int row = 0; row < x.Rows; row += Most)
        {
            int rows = Math.Min(Most, x.Rows - row);
            LaneProduct<TVector, TSimd>.Run(pool, PackedLanes<TVector, TSimd>.OfRows(pool, x.RowRange(row, rows)), w, y.RowRange(row, rows), accumulate);
        }
    }

    /// <summary>The reference: one element after the other, in the type's own precision.</summary>
    internal static unsafe void Scalar<T>(WorkPool pool, MatrixView<T> x, WeightView w, MatrixView<T> y, bool accumulate) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int block = SumBlocks.Length(w.Columns);
        pool.For(w.Rows, n =>
        {
            T* row = Scratch.First<T>(w.Columns);
            Widen.Row(w, n, 0, w.Columns, row);
            for (int m = 0; m < x.Rows; m++)
            {
                T* values = x.RowPointer(m);
                T sum = T.Zero;
                for (int first = 0; first < w.Columns; first += block)
                {
                    T part = T.Zero;
                    for (int k = first; k < Math.Min(w.Columns, first + block); k++) part = T.FusedMultiplyAdd(values[k], row[k], part);
                    sum = first == 0 ? part : sum + part;
                }
                T* target = y.RowPointer(m) + n;
                *target = accumulate ? *target + sum : sum;
            }
        });
    }
}
