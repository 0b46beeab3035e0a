using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>A weight [out, in] and where the results of its layer go, [rows, out].</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Weight">The weight.</param>
/// <param name="Y">The results.</param>
public readonly record struct LinearOutput<T>(WeightView Weight, MatrixView<T> Y) where T : unmanaged;

/// <summary>y = x W^T: a linear layer's forward pass, with W as it lies in the file, row-major [out, in].</summary>
public static class LinearForward
{
    /// <summary>
    /// y[M, N] = x[M, K] W[N, K]^T, or y += that. An element's sum over K depends on its own row of x and of W alone.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes that do not fit, or bfloat16 products of float64.</exception>
    public static void Run<T>(WorkPool pool, MatrixView<T> x, WeightView w, MatrixView<T> y, bool accumulate = false, Products products = Products.Exact) where T : unmanaged, IFloatingPointIeee754<T> =>
        Run(pool, x, [new LinearOutput<T>(w, y)], accumulate, products);

    /// <summary>Several layers of the same input, which is prepared for them once.</summary>
    /// <exception cref="ArgumentException">Shapes that do not fit, or bfloat16 products of float64.</exception>
    public static void Run<T>(WorkPool pool, MatrixView<T> x, ReadOnlySpan<LinearOutput<T>> outputs, bool accumulate = false, Products products = Products.Exact) where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (var (w, y) in outputs)
        {
            if (x.Columns != w.Columns || y.Columns != w.Rows || x.Rows != y.Rows)
                throw new ArgumentException($"x [{x.Rows}, {x.Columns}], W [{w.Rows}, {w.Columns}] and y [{y.Rows}, {y.Columns}] do not fit");
        }
        if (x.Rows == 0) return;
        if (typeof(T) != typeof(float))
        {
            if (products != Products.Exact) throw new ArgumentException($"no {products} products of {typeof(T).Name}", nameof(products));
            foreach (var (w, y) in outputs) Scalar(pool, x, w, y, accumulate);
            return;
        }
        var xf = Unsafe.As<MatrixView<T>, MatrixView<float>>(ref x);
        var floats = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<LinearOutput<T>, LinearOutput<float>>(ref MemoryMarshal.GetReference(outputs)), outputs.Length);
        var path = SimdPaths.Current;
        if (path == SimdPath.Avx512) Vector<Vector512<float>, Simd512>(pool, xf, floats, accumulate, products);
        else if (path == SimdPath.Avx2) Vector<Vector256<float>, Simd256>(pool, xf, floats, accumulate, products);
        else if (path == SimdPath.Vector128) Vector<Vector128<float>, Simd128>(pool, xf, floats, accumulate, products);
        else
        {
            foreach (var (w, y) in floats)
            {
                if (products == Products.Exact) Scalar(pool, xf, w, y, accumulate);
                else ScalarPairs(pool, xf, w, y, accumulate);
            }
        }
    }

    private static void Vector<TVector, TSimd>(WorkPool pool, MatrixView<float> x, ReadOnlySpan<LinearOutput<float>> outputs, bool accumulate, Products products)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        // Bounds the packed copy of x.
        const int Most = PackedScalars.MostAtOnce;
        for (int row = 0; row < x.Rows; row += Most)
        {
            int rows = Math.Min(Most, x.Rows - row);
            var some = x.RowRange(row, rows);
            if (products == Products.Exact)
            {
                var packed = PackedLanes<TVector, TSimd, Singles>.OfRows(pool, some);
                foreach (var (w, y) in outputs) LaneProduct<TVector, TSimd, Singles, ProductTile<TVector, TSimd>, WeightScalars>.Run(pool, packed, new WeightScalars(w), y.RowRange(row, rows), accumulate);
                continue;
            }
            var pairs = PackedLanes<TVector, TSimd, Pairs>.OfRows(pool, some);
            foreach (var (w, y) in outputs)
            {
                if (TSimd.Width == 16 && PairTile.IsSupported) LaneProduct<TVector, TSimd, Pairs, PairTile, WeightScalarPairs>.Run(pool, pairs, new WeightScalarPairs(w), y.RowRange(row, rows), accumulate);
                else LaneProduct<TVector, TSimd, Pairs, PairVectorTile<TVector, TSimd>, WeightScalarPairs>.Run(pool, pairs, new WeightScalarPairs(w), y.RowRange(row, rows), accumulate);
            }
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

    /// <summary>The reference of <see cref="Products.BFloat16"/>.</summary>
    internal static unsafe void ScalarPairs(WorkPool pool, MatrixView<float> x, WeightView w, MatrixView<float> y, bool accumulate)
    {
        int steps = TermLines<Pairs>.Steps(w.Columns), block = SumBlocks.Length(steps);
        pool.For(w.Rows, n =>
        {
            float* row = Scratch.First<float>(2L * steps);
            row[2 * steps - 1] = 0;
            Widen.Row(w, n, 0, w.Columns, row);
            for (int k = 0; k < w.Columns; k++) row[k] = BFloat16.Round(row[k]);
            for (int m = 0; m < x.Rows; m++)
            {
                float* values = x.RowPointer(m);
                float sum = 0, part = 0;
                for (int step = 0; step < steps; step++)
                {
                    if (step % block == 0) part = 0;
                    float second = 2 * step + 1 < w.Columns ? BFloat16.Round(values[2 * step + 1]) : 0;
                    part = MathF.FusedMultiplyAdd(second, row[2 * step + 1], part);
                    part = MathF.FusedMultiplyAdd(BFloat16.Round(values[2 * step]), row[2 * step], part);
                    if ((step + 1) % block == 0 || step + 1 == steps) sum = step < block ? part : sum + part;
                }
                float* target = y.RowPointer(m) + n;
                *target = accumulate ? *target + sum : sum;
            }
        });
    }
}
