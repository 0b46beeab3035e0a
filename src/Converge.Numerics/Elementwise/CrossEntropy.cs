using System.Numerics;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>Log-probabilities and the softmax cross-entropy of rows of logits.</summary>
public static class CrossEntropy
{
    /// <summary>
    /// Takes a chunk of the vocabulary into the softmax of every row: logits [rows, chunk] of the tokens from <paramref name="firstToken"/> on. A row's numbers
    /// depend on its own logits and on where the vocabulary is cut, and so on nothing else if that depends on the vocabulary alone.
    /// </summary>
    /// <param name="pool">Threads.</param>
    /// <param name="logits">The chunk.</param>
    /// <param name="firstToken">Its first token.</param>
    /// <param name="targets">For each row the token whose probability is wanted.</param>
    /// <param name="sums">For each row what the chunks before this one came to.</param>
    public static unsafe void Take<T>(WorkPool pool, MatrixView<T> logits, int firstToken, ReadOnlyMemory<int> targets, Memory<RunningSoftmax> sums) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        RowBlocks.ForEach(pool, logits.Rows, (logits, firstToken, targets, sums, path), static (all, row) =>
        {
            int n = all.logits.Columns, target = all.targets.Span[row] - all.firstToken;
            T* values = all.logits.RowPointer(row);
            var (greatest, sum) = all.path switch
            {
                SimdPath.Avx512 => CrossEntropyVector<Vector512<float>, Simd512>.SumExp((float*)values, n),
                SimdPath.Avx2 => CrossEntropyVector<Vector256<float>, Simd256>.SumExp((float*)values, n),
                SimdPath.Vector128 => CrossEntropyVector<Vector128<float>, Simd128>.SumExp((float*)values, n),
                _ => SumExp(values, n),
            };
            ref var running = ref all.sums.Span[row];
            running.Take(greatest, sum);
            if ((uint)target < (uint)n) running.Target = double.CreateTruncating(values[target]);
        }, least: 1);
    }

    /// <summary>
    /// Turns logits [rows, vocabulary] into the gradient of factors[row] * cross-entropy(row, targets[row]) with respect to them, in place, and returns each row's
    /// cross-entropy, in nats.
    /// </summary>
    public static unsafe void Backward<T>(WorkPool pool, MatrixView<T> logits, ReadOnlyMemory<int> targets, ReadOnlyMemory<double> factors, Memory<double> losses) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        RowBlocks.ForEach(pool, logits.Rows, (logits, targets, factors, losses, path), static (all, row) =>
        {
            T* values = all.logits.RowPointer(row);
            var (n, target, factor) = (all.logits.Columns, all.targets.Span[row], all.factors.Span[row]);
            all.losses.Span[row] = all.path switch
            {
                SimdPath.Avx512 => CrossEntropyVector<Vector512<float>, Simd512>.Backward((float*)values, n, target, factor),
                SimdPath.Avx2 => CrossEntropyVector<Vector256<float>, Simd256>.Backward((float*)values, n, target, factor),
                SimdPath.Vector128 => CrossEntropyVector<Vector128<float>, Simd128>.Backward((float*)values, n, target, factor),
                _ => Gradient(values, n, target, factor),
            };
        }, least: 1);
    }

    // The reference of one row's Backward.
    private static unsafe double Gradient<T>(T* values, int n, int target, double weight) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (greatest, sum) = SumExp(values, n);
        double logSum = Math.Log(sum);
        double loss = logSum - (double.CreateTruncating(values[target]) - greatest);
        // Subtracted one after the other: their sum, rounded to T, would lose the logarithm's digits where logits are large.
        T first = T.CreateTruncating(greatest), second = T.CreateTruncating(logSum), factor = T.CreateTruncating(weight);
        for (int i = 0; i < n; i++) values[i] = factor * T.Exp(values[i] - first - second);
        values[target] -= factor;
        return loss;
    }

    // The greatest logit, and the sum of the exponentials relative to it; minus infinity and zero where no token is possible. The sum is kept in double precision: a vocabulary has up to
    // 10^5 terms and the result is compared to 1e-5.
    private static unsafe (double Greatest, double Sum) SumExp<T>(T* values, int n) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T greatest = values[0];
        for (int i = 1; i < n; i++) greatest = T.Max(greatest, values[i]);
        double sum = 0;
        T shift = T.IsNegativeInfinity(greatest) ? T.Zero : greatest;
        for (int i = 0; i < n; i++) sum += double.CreateTruncating(T.Exp(values[i] - shift));
        return (double.CreateTruncating(greatest), sum);
    }
}
