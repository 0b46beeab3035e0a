using System.Numerics;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>Log-probabilities and the softmax cross-entropy of rows of logits.</summary>
public static class CrossEntropy
{
    /// <summary>
    /// The natural logarithm of the probability of token <paramref name="targets"/>[row] under row's logits, for every row of [rows, vocabulary].
    /// </summary>
    public static unsafe void LogProbabilities<T>(WorkPool pool, MatrixView<T> logits, int[] targets, double[] results) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        int n = logits.Columns;
        RowBlocks.ForEach(pool, logits.Rows, row =>
        {
            T* values = logits.RowPointer(row);
            var (greatest, logSum) = path switch
            {
                SimdPath.Avx512 => CrossEntropyVector<Vector512<float>, Simd512>.LogSumExp((float*)values, n),
                SimdPath.Avx2 => CrossEntropyVector<Vector256<float>, Simd256>.LogSumExp((float*)values, n),
                SimdPath.Vector128 => CrossEntropyVector<Vector128<float>, Simd128>.LogSumExp((float*)values, n),
                _ => LogSumExp(values, n),
            };
            results[row] = double.CreateTruncating(values[targets[row]]) - greatest - logSum;
        }, least: 1);
    }

    /// <summary>
    /// Turns logits into the gradient of factors[row] * cross-entropy(row, targets[row]) with respect to them, in place, and returns each row's cross-entropy.
    /// </summary>
    public static unsafe void Backward<T>(WorkPool pool, MatrixView<T> logits, int[] targets, double[] factors, double[] losses) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        int n = logits.Columns;
        RowBlocks.ForEach(pool, logits.Rows, row =>
        {
            T* values = logits.RowPointer(row);
            losses[row] = path switch
            {
                SimdPath.Avx512 => CrossEntropyVector<Vector512<float>, Simd512>.Backward((float*)values, n, targets[row], factors[row]),
                SimdPath.Avx2 => CrossEntropyVector<Vector256<float>, Simd256>.Backward((float*)values, n, targets[row], factors[row]),
                SimdPath.Vector128 => CrossEntropyVector<Vector128<float>, Simd128>.Backward((float*)values, n, targets[row], factors[row]),
                _ => Gradient(values, n, targets[row], factors[row]),
            };
        }, least: 1);
    }

    // The reference of one row's Backward.
    private static unsafe double Gradient<T>(T* values, int n, int target, double weight) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (greatest, logSum) = LogSumExp(values, n);
        double loss = logSum - (double.CreateTruncating(values[target]) - greatest);
        // Subtracted one after the other: their sum, rounded to T, would lose the logarithm's digits where logits are large.
        T first = T.CreateTruncating(greatest), second = T.CreateTruncating(logSum), factor = T.CreateTruncating(weight);
        for (int i = 0; i < n; i++) values[i] = factor * T.Exp(values[i] - first - second);
        values[target] -= factor;
        return loss;
    }

    // The greatest logit, and the logarithm of the sum of the exponentials relative to it. The sum is kept in double precision: a vocabulary has up to
    // 10^5 terms and the result is compared to 1e-5.
    private static unsafe (double Greatest, double LogSum) LogSumExp<T>(T* values, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T greatest = values[0];
        for (int i = 1; i < n; i++) greatest = T.Max(greatest, values[i]);
        double sum = 0;
        for (int i = 0; i < n; i++) sum += double.CreateTruncating(T.Exp(values[i] - greatest));
        return (double.CreateTruncating(greatest), Math.Log(sum));
    }
}
