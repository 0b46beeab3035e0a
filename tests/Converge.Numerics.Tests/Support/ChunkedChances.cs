namespace Converge.Numerics.Tests.Support;

/// <summary>Log-probabilities from logits that come in chunks.</summary>
internal static class ChunkedChances
{
    /// <summary>The log-probability of each row's target, the vocabulary being taken <paramref name="chunk"/> tokens at a time.</summary>
    public static unsafe double[] Of<T>(WorkPool pool, MatrixView<T> logits, int[] targets, int chunk) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var sums = new RunningSoftmax[logits.Rows];
        Array.Fill(sums, RunningSoftmax.Empty);
        for (int first = 0; first < logits.Columns; first += chunk)
            CrossEntropy.Take(pool, new MatrixView<T>(logits.Data + first, logits.Rows, Math.Min(chunk, logits.Columns - first), logits.Stride), first, targets, sums);
        return [.. sums.Select(sum => sum.LogProbability)];
    }
}
