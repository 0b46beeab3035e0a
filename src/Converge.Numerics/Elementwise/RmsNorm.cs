using System.Numerics;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>Root-mean-square normalisation (Zhang and Sennrich, arXiv 1910.07467): y = w * x / sqrt(mean(x^2) + eps).</summary>
public static class RmsNorm
{
    /// <summary>x and y are [tokens, hidden], w [1, hidden].</summary>
    public static unsafe void Forward<T>(WorkPool pool, MatrixView<T> x, WeightView w, double epsilon, MatrixView<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* weight = Scratch.First<T>(w.Columns);
        Widen.Row(w, 0, 0, w.Columns, weight);
        int n = x.Columns;
        RowBlocks.ForEach(pool, x.Rows, row =>
        {
            T* source = x.RowPointer(row);
            T* target = y.RowPointer(row);
            T factor = InverseRms(source, n, epsilon);
            int i = 0;
            for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) (Vector.Load(weight + i) * (Vector.Load(source + i) * factor)).Store(target + i);
            for (; i < n; i++) target[i] = weight[i] * (source[i] * factor);
        });
    }

    /// <summary>
    /// dx += dL/dx and, where <paramref name="dw"/> is given, dw[1, hidden] += dL/dw, its rows summed in ascending order.
    /// </summary>
    public static unsafe void Backward<T>(WorkPool pool, MatrixView<T> x, WeightView w, double epsilon, MatrixView<T> dy, MatrixView<T> dx, MatrixView<T>? dw)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = x.Columns;
        T* weight = Scratch.First<T>(w.Columns + x.Rows);
        T* factors = weight + w.Columns;
        Widen.Row(w, 0, 0, w.Columns, weight);
        RowBlocks.ForEach(pool, x.Rows, row =>
        {
            T* source = x.RowPointer(row);
            T* upper = dy.RowPointer(row);
            T* target = dx.RowPointer(row);
            T factor = factors[row] = InverseRms(source, n, epsilon);
            T pull = InnerProduct(weight, upper, source, n) * factor * factor * factor / T.CreateTruncating(n);
            int i = 0;
            for (; i + Vector<T>.Count <= n; i += Vector<T>.Count)
                (Vector.Load(target + i) + (Vector.Load(weight + i) * Vector.Load(upper + i) * factor - Vector.Load(source + i) * pull)).Store(target + i);
            for (; i < n; i++) target[i] += weight[i] * upper[i] * factor - source[i] * pull;
        });
        if (dw is not { } sum) return;
        T* sums = sum.RowPointer(0);
        for (int row = 0; row < x.Rows; row++)
        {
            T* source = x.RowPointer(row);
            T* upper = dy.RowPointer(row);
            int i = 0;
            for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) (Vector.Load(sums + i) + Vector.Load(upper + i) * Vector.Load(source + i) * factors[row]).Store(sums + i);
            for (; i < n; i++) sums[i] += upper[i] * source[i] * factors[row];
        }
    }

    // The sum of a * b * c: lane by lane, then over lanes, then what is left over.
    private static unsafe T InnerProduct<T>(T* a, T* b, T* c, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sums = Vector<T>.Zero;
        int i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) sums += Vector.Load(a + i) * Vector.Load(b + i) * Vector.Load(c + i);
        T sum = Vector.Sum(sums);
        for (; i < n; i++) sum += a[i] * b[i] * c[i];
        return sum;
    }

    private static unsafe T InverseRms<T>(T* x, int n, double epsilon) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T sum = typeof(T) != typeof(float) ? SumOfSquares(x, n) : SimdPaths.Current switch
        {
            SimdPath.Avx512 => T.CreateTruncating(SumOfSquares<Vector512<float>, Simd512>((float*)x, n)),
            SimdPath.Avx2 => T.CreateTruncating(SumOfSquares<Vector256<float>, Simd256>((float*)x, n)),
            SimdPath.Vector128 => T.CreateTruncating(SumOfSquares<Vector128<float>, Simd128>((float*)x, n)),
            _ => SumOfSquares(x, n),
        };
        return T.One / T.Sqrt(sum / T.CreateTruncating(n) + T.CreateTruncating(epsilon));
    }

    private static unsafe T SumOfSquares<T>(T* x, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int i = 0; i < n; i++) sum += x[i] * x[i];
        return sum;
    }

    private static unsafe float SumOfSquares<TVector, TSimd>(float* x, int n)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        var sums = TSimd.Zero;
        int i = 0;
        for (; i + TSimd.Width <= n; i += TSimd.Width)
        {
            var value = TSimd.Load(x + i);
            sums = TSimd.MultiplyAdd(value, value, sums);
        }
        if (i < n)
        {
            var value = TSimd.LoadPartial(x + i, n - i);
            sums = TSimd.MultiplyAdd(value, value, sums);
        }
        return TSimd.Sum(sums);
    }
}
