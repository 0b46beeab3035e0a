using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>dx = dy W: the gradient of a linear layer with respect to its input, with W as it lies in the file.</summary>
public static class LinearBackwardInput
{
    /// <summary>dx[M, K] = dy[M, N] W[N, K], or dx += that. An element's sum over N depends on its own row of dy and column of W alone.</summary>
    /// <exception cref="ArgumentException">Shapes that do not fit, or bfloat16 products of float64.</exception>
    public static void Run<T>(WorkPool pool, MatrixView<T> dy, WeightView w, MatrixView<T> dx, bool accumulate = false, Products products = Products.Exact) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (dx.Columns != w.Columns || dy.Columns != w.Rows || dx.Rows != dy.Rows)
            throw new ArgumentException($"dy [{dy.Rows}, {dy.Columns}], W [{w.Rows}, {w.Columns}] and dx [{dx.Rows}, {dx.Columns}] do not fit");
        if (dx.Rows == 0) return;
        if (typeof(T) != typeof(float))
        {
            if (products != Products.Exact) throw new ArgumentException($"no {products} products of {typeof(T).Name}", nameof(products));
            Scalar(pool, dy, w, dx, accumulate);
            return;
        }
        var (dyf, dxf) = (Unsafe.As<MatrixView<T>, MatrixView<float>>(ref dy), Unsafe.As<MatrixView<T>, MatrixView<float>>(ref dx));
        var path = SimdPaths.Current;
        if (path == SimdPath.Avx512) Vector<Vector512<float>, Simd512>(pool, dyf, w, dxf, accumulate, products);
        else if (path == SimdPath.Avx2) Vector<Vector256<float>, Simd256>(pool, dyf, w, dxf, accumulate, products);
        else if (path == SimdPath.Vector128) Vector<Vector128<float>, Simd128>(pool, dyf, w, dxf, accumulate, products);
        else if (products == Products.Exact) Scalar(pool, dyf, w, dxf, accumulate);
        else ScalarPairs(pool, dyf, w, dxf, accumulate);
    }

    /// <summary>The reference.</summary>
    internal static unsafe void Scalar<T>(WorkPool pool, MatrixView<T> dy, WeightView w, MatrixView<T> dx, bool accumulate) where T : unmanaged, IFloatingPointIeee754<T>
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
            if (accumulate) sum.AddTo(dx.Row(m));
            else sum.CopyTo(dx.Row(m));
        });
    }

    /// <summary>The reference of <see cref="Products.BFloat16"/>.</summary>
    internal static unsafe void ScalarPairs(WorkPool pool, MatrixView<float> dy, WeightView w, MatrixView<float> dx, bool accumulate)
    {
        int steps = TermLines<Pairs>.Steps(w.Rows), block = SumBlocks.Length(steps);
        pool.For(dx.Rows, m =>
        {
            float* row = Scratch.First<float>(3L * w.Columns);
            Span<float> part = new(row + w.Columns, w.Columns), sum = new(row + 2 * w.Columns, w.Columns);
            for (int step = 0; step < steps; step++)
            {
                if (step % block == 0) part.Clear();
                // The second of a pair first; where there is none, zero times zero is added.
                for (int n = 2 * step + 1; n >= 2 * step; n--)
                {
                    bool there = n < w.Rows;
                    float factor = there ? BFloat16.Round(dy.RowPointer(m)[n]) : 0;
                    if (there) Widen.Row(w, n, 0, w.Columns, row);
                    for (int k = 0; k < w.Columns; k++) part[k] = MathF.FusedMultiplyAdd(factor, there ? BFloat16.Round(row[k]) : 0, part[k]);
                }
                if ((step + 1) % block != 0 && step + 1 < steps) continue;
                if (step < block) part.CopyTo(sum);
                else part.AddTo(sum);
            }
            if (accumulate) sum.AddTo(dx.Row(m));
            else sum.CopyTo(dx.Row(m));
        });
    }

    private static void Vector<TVector, TSimd>(WorkPool pool, MatrixView<float> dy, WeightView w, MatrixView<float> dx, bool accumulate, Products products)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        const int Most = PackedScalars.MostAtOnce;
        for (int row = 0; row < dy.Rows; row += Most)
        {
            int rows = Math.Min(Most, dy.Rows - row);
            var (some, results) = (dy.RowRange(row, rows), dx.RowRange(row, rows));
            if (products == Products.Exact)
                ScalarProduct<TVector, TSimd, ProductTile<TVector, TSimd>, LineLayout, WeightRows<TVector, TSimd>>.Run(pool, PackedScalars.OfRows<Singles>(pool, some), new WeightRows<TVector, TSimd>(w), results, accumulate);
            else if (TSimd.Width == 16 && PairTile.IsSupported)
                ScalarProduct<TVector, TSimd, PairTile, LineLayout, WeightRowPairs>.Run(pool, PackedScalars.OfRows<Pairs>(pool, some), new WeightRowPairs(w), results, accumulate);
            else
                ScalarProduct<TVector, TSimd, PairVectorTile<TVector, TSimd>, LineLayout, WeightRowPairs>.Run(pool, PackedScalars.OfRows<Pairs>(pool, some), new WeightRowPairs(w), results, accumulate);
        }
    }
}
