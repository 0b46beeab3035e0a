using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>
/// The final norm and the output head, for the rows that need them. Logits of all positions never exist together: probabilities are summed up over chunks of the
/// vocabulary, cut by its size alone; where whole rows of logits are needed, there are only a few rows at a time.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class OutputHead<T>(ModelConfig config, LlamaWeights weights, WorkPool pool, HeadMatrices<T> matrices, Products products) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Tokens of the vocabulary in a chunk.</summary>
    public const int ChunkTokens = 4096;

    /// <summary>The most rows whose norms, or logits over a chunk, exist at a time.</summary>
    public const int MostRows = 2048;

    private readonly int _wholeRows = WholeRows(config);

    /// <summary>Rows whose logits over the whole vocabulary exist at a time: 32 MiB in float32, and enough that reading the head is worth it.</summary>
    public static int WholeRows(ModelConfig config) => Math.Clamp((8 << 20) / config.VocabSize, 128, MostRows);

    /// <summary>Hands the final norm of every row of <paramref name="rows"/>, [hidden], to <paramref name="receive"/> with its index; valid during the call.</summary>
    public void FinalNorm(MatrixView<T> x, int[] rows, Action<int, Span<T>> receive)
    {
        for (int first = 0; first < rows.Length; first += MostRows)
        {
            var normed = Normed(x, rows.AsSpan(first, Math.Min(MostRows, rows.Length - first)));
            for (int i = 0; i < normed.Rows; i++) receive(first + i, normed.Row(i));
        }
    }

    /// <summary>For each i, sets results[i] to the natural logarithm of the probability that <paramref name="targets"/>[i] follows row <paramref name="rows"/>[i] of x.</summary>
    public void LogProbabilities(MatrixView<T> x, int[] rows, int[] targets, Span<double> results)
    {
        for (int first = 0; first < rows.Length; first += MostRows)
        {
            int count = Math.Min(MostRows, rows.Length - first);
            var normed = Normed(x, rows.AsSpan(first, count));
            var sums = matrices.Softmax(count);
            for (int token = 0; token < config.VocabSize; token += ChunkTokens)
            {
                var head = weights.Head.Slice(token, Math.Min(ChunkTokens, config.VocabSize - token));
                var logits = matrices.Logits.Resize(count, head.Rows);
                LinearForward.Run(pool, normed, head, logits, products: products);
                CrossEntropy.Take(pool, logits, token, targets.AsMemory(first, count), sums);
            }
            for (int i = 0; i < count; i++) results[first + i] = sums.Span[i].LogProbability;
        }
    }

    /// <summary>Hands the logits of every row of <paramref name="rows"/>, [vocabulary], to <paramref name="receive"/> with its index; valid during the call.</summary>
    public void Logits(MatrixView<T> x, int[] rows, Action<int, Span<T>> receive)
    {
        for (int first = 0; first < rows.Length; first += _wholeRows)
        {
            int count = Math.Min(_wholeRows, rows.Length - first);
            var normed = Normed(x, rows.AsSpan(first, count));
            var logits = matrices.Logits.Resize(count, config.VocabSize);
            LinearForward.Run(pool, normed, weights.Head, logits, products: products);
            for (int i = 0; i < count; i++) receive(first + i, logits.Row(i));
        }
    }

    /// <summary>
    /// The cross-entropy of every target, in nats and without its factor, and, with each weighted by its factor, the gradient: added to dx [tokens, hidden] and,
    /// in full tuning, to <paramref name="gradients"/>.
    /// </summary>
    public void Backward(MatrixView<T> x, int[] rows, int[] targets, double[] factors, MatrixView<T> dx, LlamaWeights? gradients, Memory<double> losses)
    {
        for (int first = 0; first < rows.Length; first += _wholeRows)
        {
            int count = Math.Min(_wholeRows, rows.Length - first);
            var part = rows.AsSpan(first, count);
            var normed = Normed(x, part);
            var logits = matrices.Logits.Resize(count, config.VocabSize);
            LinearForward.Run(pool, normed, weights.Head, logits, products: products);
            CrossEntropy.Backward(pool, logits, targets.AsMemory(first, count), factors.AsMemory(first, count), losses.Slice(first, count));

            var (dNormed, dRows) = (matrices.NormedGradient.Resize(count), matrices.RowsGradient.Resize(count));
            dRows.Clear();
            LinearBackwardInput.Run(pool, logits, weights.Head, dNormed, products: products);
            if (gradients is not null) LinearBackwardWeight.Run(pool, logits, normed, gradients.Head.AsMatrix<T>());
            RmsNorm.Backward(pool, matrices.Rows.View, weights.FinalNorm, config.RmsNormEps, dNormed, dRows, gradients?.FinalNorm.AsMatrix<T>());
            for (int i = 0; i < count; i++) dRows.Row(i).AddTo(dx.Row(part[i]));
        }
    }

    private MatrixView<T> Normed(MatrixView<T> x, ReadOnlySpan<int> rows)
    {
        var (gathered, normed) = (matrices.Rows.Resize(rows.Length).GatherFrom(x, rows), matrices.Normed.Resize(rows.Length));
        RmsNorm.Forward(pool, gathered, weights.FinalNorm, config.RmsNormEps, normed);
        return normed;
    }
}
