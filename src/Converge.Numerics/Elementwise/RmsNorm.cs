using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>Root-mean-square normalisation (Zhang and Sennrich, arXiv 1910.07467): y = w * x / sqrt(mean(x^2) + eps).</summary>
public static class RmsNorm
{
    /// <summary>x and y are [tokens, hidden], w [1, hidden].</summary>
    public static unsafe void Forward<T>(WorkPool pool, MatrixView<T> x, WeightView w, double epsilon, MatrixView<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        int n = x.Columns;
        T* weight = Scratch.First<T>(n);
        Widen.Row(w, 0, 0, n, weight);
        RowBlocks.ForEach(pool, x.Rows, (x, y, weight: (nint)weight, epsilon, path), static (all, row) =>
        {
            var (path, epsilon, n) = (all.path, all.epsilon, all.x.Columns);
            T* source = all.x.RowPointer(row);
            T* target = all.y.RowPointer(row);
            T* weight = (T*)all.weight;
            if (path == SimdPath.Avx512) RmsNormVector<Vector512<float>, Simd512>.Forward((float*)source, (float*)weight, epsilon, (float*)target, n);
            else if (path == SimdPath.Avx2) RmsNormVector<Vector256<float>, Simd256>.Forward((float*)source, (float*)weight, epsilon, (float*)target, n);
            else if (path == SimdPath.Vector128) RmsNormVector<Vector128<float>, Simd128>.Forward((float*)source, (float*)weight, epsilon, (float*)target, n);
            else
            {
                T factor = InverseRms(source, n, epsilon);
                for (int i = 0; i < n; i++) target[i] = weight[i] * (source[i] * factor);
            }
        });
    }

    /// <summary>
    /// dx += dL/dx and, where <paramref name="dw"/> is given, dw[1, hidden] += dL/dw, its rows summed in ascending order.
    /// </summary>
    public static unsafe void Backward<T>(WorkPool pool, MatrixView<T> x, WeightView w, double epsilon, MatrixView<T> dy, MatrixView<T> dx, MatrixView<T>? dw)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        int n = x.Columns;
        T* weight = Scratch.First<T>(n + x.Rows);
        T* factors = weight + n;
        Widen.Row(w, 0, 0, n, weight);
        RowBlocks.ForEach(pool, x.Rows, (x, dy, dx, weight: (nint)weight, factors: (nint)factors, epsilon, path), static (all, row) =>
        {
            var (path, epsilon, n) = (all.path, all.epsilon, all.x.Columns);
            T* source = all.x.RowPointer(row);
            T* upper = all.dy.RowPointer(row);
            T* target = all.dx.RowPointer(row);
            T* weight = (T*)all.weight;
            T* factors = (T*)all.factors;
            float* factor = (float*)(factors + row);
            if (path == SimdPath.Avx512) *factor = RmsNormVector<Vector512<float>, Simd512>.Backward((float*)source, (float*)weight, epsilon, (float*)upper, (float*)target, n);
            else if (path == SimdPath.Avx2) *factor = RmsNormVector<Vector256<float>, Simd256>.Backward((float*)source, (float*)weight, epsilon, (float*)upper, (float*)target, n);
            else if (path == SimdPath.Vector128) *factor = RmsNormVector<Vector128<float>, Simd128>.Backward((float*)source, (float*)weight, epsilon, (float*)upper, (float*)target, n);
            else factors[row] = Gradient(source, weight, epsilon, upper, target, n);
        });
        if (dw is { } sum) AddWeightGradient(pool, path, x, dy, factors, sum.RowPointer(0));
    }

    // Threads divide the columns.
    private static unsafe void AddWeightGradient<T>(WorkPool pool, SimdPath path, MatrixView<T> x, MatrixView<T> dy, T* factors, T* dw) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (path == SimdPath.Avx512) AddWeightGradient<Vector512<float>, Simd512>(pool, Floats(x), Floats(dy), (float*)factors, (float*)dw);
        else if (path == SimdPath.Avx2) AddWeightGradient<Vector256<float>, Simd256>(pool, Floats(x), Floats(dy), (float*)factors, (float*)dw);
        else if (path == SimdPath.Vector128) AddWeightGradient<Vector128<float>, Simd128>(pool, Floats(x), Floats(dy), (float*)factors, (float*)dw);
        else
        {
            pool.For(x.Columns, (x, dy, factors: (nint)factors, dw: (nint)dw), static (all, column) =>
            {
                for (int row = 0; row < all.x.Rows; row++) ((T*)all.dw)[column] += all.dy.RowPointer(row)[column] * all.x.RowPointer(row)[column] * ((T*)all.factors)[row];
            });
        }

        static MatrixView<float> Floats(MatrixView<T> view) => Unsafe.As<MatrixView<T>, MatrixView<float>>(ref view);
    }

    private static unsafe void AddWeightGradient<TVector, TSimd>(WorkPool pool, MatrixView<float> x, MatrixView<float> dy, float* factors, float* dw)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        int columns = RmsNormVector<TVector, TSimd>.ColumnsAtATime;
        pool.For((x.Columns + columns - 1) / columns, (x, dy, factors: (nint)factors, dw: (nint)dw), static (all, piece) =>
            RmsNormVector<TVector, TSimd>.AddWeightGradient(all.x, all.dy, (float*)all.factors, (float*)all.dw, piece * RmsNormVector<TVector, TSimd>.ColumnsAtATime));
    }

    // The reference of one row's Backward.
    private static unsafe T Gradient<T>(T* x, T* w, double epsilon, T* dy, T* dx, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T factor = InverseRms(x, n, epsilon), product = T.Zero;
        for (int i = 0; i < n; i++) product += w[i] * dy[i] * x[i];
        T pull = product * factor * factor * factor / T.CreateTruncating(n);
        for (int i = 0; i < n; i++) dx[i] += w[i] * dy[i] * factor - x[i] * pull;
        return factor;
    }

    private static unsafe T InverseRms<T>(T* x, int n, double epsilon) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int i = 0; i < n; i++) sum += x[i] * x[i];
        return T.One / T.Sqrt(sum / T.CreateTruncating(n) + T.CreateTruncating(epsilon));
    }
}
