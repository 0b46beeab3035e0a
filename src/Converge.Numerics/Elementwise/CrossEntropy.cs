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
        pool.For(logits.Rows, row =>
        {
            T* values = logits.RowPointer(row);
            var (greatest, logSum) = LogSumExp(values, logits.Columns);
            results[row] = double.CreateTruncating(values[targets[row]]) - greatest - logSum;
        });
    }

    /// <summary>
    /// Turns logits into the gradient of factors[row] * cross-entropy(row, targets[row]) with respect to them, in place, and returns each row's cross-entropy.
    /// </summary>
    public static unsafe void Backward<T>(WorkPool pool, MatrixView<T> logits, int[] targets, double[] factors, double[] losses) where T : unmanaged, IFloatingPointIeee754<T>
    {
        pool.For(logits.Rows, row =>
        {
            T* values = logits.RowPointer(row);
            int n = logits.Columns, target = targets[row];
            var (greatest, logSum) = LogSumExp(values, n);
            losses[row] = logSum - (double.CreateTruncating(values[target]) - greatest);
            // Subtracted one after the other: their sum, rounded to T, would lose the logarithm's digits where logits are large.
            T first = T.CreateTruncating(greatest), second = T.CreateTruncating(logSum), factor = T.CreateTruncating(factors[row]);
            if (typeof(T) == typeof(float) && SimdPaths.Current != SimdPath.Scalar)
                ExpVector((float*)values, n, greatest, logSum, (float)factors[row]);
            else
            {
                for (int i = 0; i < n; i++) values[i] = factor * T.Exp(values[i] - first - second);
            }
            values[target] -= factor;
        });
    }

    // The greatest logit, and the logarithm of the sum of the exponentials relative to it. The sum is kept in double precision: a vocabulary has up to
    // 10^5 terms and the result is compared to 1e-5.
    private static unsafe (double Greatest, double LogSum) LogSumExp<T>(T* values, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T greatest = Greatest(values, n);
        double shift = double.CreateTruncating(greatest);
        double sum = typeof(T) != typeof(float) || SimdPaths.Current == SimdPath.Scalar ? SumExp(values, n, greatest) : SumExpVector((float*)values, n, shift);
        return (shift, Math.Log(sum));
    }

    private static unsafe T Greatest<T>(T* values, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T greatest = values[0];
        int i = 0;
        if (n >= Vector<T>.Count)
        {
            var best = Vector.Load(values);
            for (i = Vector<T>.Count; i + Vector<T>.Count <= n; i += Vector<T>.Count) best = Vector.Max(best, Vector.Load(values + i));
            for (int lane = 0; lane < Vector<T>.Count; lane++) greatest = T.Max(greatest, best[lane]);
        }
        for (; i < n; i++) greatest = T.Max(greatest, values[i]);
        return greatest;
    }

    // In double precision, as in SumExpVector: a gradient near zero is the difference of two numbers near one.
    private static unsafe void ExpVector(float* values, int n, double greatest, double logSum, float factor)
    {
        var (first, second) = (Vector256.Create(greatest), Vector256.Create(logSum));
        int i = 0;
        for (; i + Vector256<float>.Count <= n; i += Vector256<float>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(values + i));
            (Vector256.Narrow(Vector256.Exp(low - first - second), Vector256.Exp(high - first - second)) * factor).Store(values + i);
        }
        for (; i < n; i++) values[i] = factor * (float)Math.Exp(values[i] - greatest - logSum);
    }

    private static unsafe double SumExp<T>(T* values, int n, T greatest) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int i = 0; i < n; i++) sum += double.CreateTruncating(T.Exp(values[i] - greatest));
        return sum;
    }

    // Exponentials in double precision too: the float32 vector one is 1 + 2^-23 at 0, which every row holds, and a small loss would show it.
    private static unsafe double SumExpVector(float* values, int n, double greatest)
    {
        var shift = Vector256.Create(greatest);
        var sums = Vector256<double>.Zero;
        int i = 0;
        for (; i + Vector256<float>.Count <= n; i += Vector256<float>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(values + i));
            sums += Vector256.Exp(low - shift) + Vector256.Exp(high - shift);
        }
        double sum = Vector256.Sum(sums);
        for (; i < n; i++) sum += Math.Exp(values[i] - greatest);
        return sum;
    }
}
