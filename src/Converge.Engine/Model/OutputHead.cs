using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The final norm and the output head, for the rows that need them. Logits of only a few rows exist at a time.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class OutputHead<T>(ModelConfig config, LlamaWeights weights, WorkPool pool) where T : unmanaged, IFloatingPointIeee754<T>
{
    // Sixteen megabytes of logits in float32, and never less than a tile or two of rows.
    private readonly int _rowsAtATime = Math.Clamp((4 << 20) / config.VocabSize, 128, 2048);

    /// <summary>The final norm of some rows of x [tokens, hidden]; the caller disposes of the result.</summary>
    public Matrix<T> FinalNorm(MatrixView<T> x, ReadOnlySpan<int> rows)
    {
        using var gathered = Gather(x, rows);
        var normed = new Matrix<T>(rows.Length, config.HiddenSize);
        RmsNorm.Forward(pool, gathered.View, weights.FinalNorm, config.RmsNormEps, normed.View);
        return normed;
    }

    /// <summary>For each i, the natural logarithm of the probability that <paramref name="targets"/>[i] follows row <paramref name="rows"/>[i] of x.</summary>
    public double[] LogProbabilities(MatrixView<T> x, int[] rows, int[] targets)
    {
        var all = new double[rows.Length];
        using var logits = new Matrix<T>(0, config.VocabSize);
        for (int first = 0; first < rows.Length; first += _rowsAtATime)
        {
            int count = Math.Min(_rowsAtATime, rows.Length - first);
            using var normed = FinalNorm(x, rows.AsSpan(first, count));
            LinearForward.Run(pool, normed.View, weights.Head, logits.Resize(count));
            var part = new double[count];
            CrossEntropy.LogProbabilities(pool, logits.View, targets[first..(first + count)], part);
            part.CopyTo(all, first);
        }
        return all;
    }

    /// <summary>Hands the logits of every row of <paramref name="rows"/>, [vocabulary], to <paramref name="receive"/> with its index; valid during the call.</summary>
    public void Logits(MatrixView<T> x, int[] rows, Action<int, MatrixView<T>> receive)
    {
        using var logits = new Matrix<T>(0, config.VocabSize);
        for (int first = 0; first < rows.Length; first += _rowsAtATime)
        {
            int count = Math.Min(_rowsAtATime, rows.Length - first);
            using var normed = FinalNorm(x, rows.AsSpan(first, count));
            LinearForward.Run(pool, normed.View, weights.Head, logits.Resize(count));
            for (int i = 0; i < count; i++) receive(first + i, logits.View.RowRange(i, 1));
        }
    }

    /// <summary>
    /// The cross-entropy of every target and, with each weighted by its factor, the gradient: added to dx [tokens, hidden] and, in full tuning, to
    /// <paramref name="gradients"/>.
    /// </summary>
    public double[] Backward(MatrixView<T> x, int[] rows, int[] targets, double[] factors, MatrixView<T> dx, LlamaWeights? gradients)
    {
        var losses = new double[rows.Length];
        using var logits = new Matrix<T>(0, config.VocabSize);
        using var dNormed = new Matrix<T>(0, config.HiddenSize);
        using var dRows = new Matrix<T>(0, config.HiddenSize);
        for (int first = 0; first < rows.Length; first += _rowsAtATime)
        {
            int count = Math.Min(_rowsAtATime, rows.Length - first);
            var part = rows.AsSpan(first, count);
            using var gathered = Gather(x, part);
            using var normed = FinalNorm(x, part);
            LinearForward.Run(pool, normed.View, weights.Head, logits.Resize(count));
            var loss = new double[count];
            CrossEntropy.Backward(pool, logits.View, targets[first..(first + count)], factors[first..(first + count)], loss);
            loss.CopyTo(losses, first);

            dNormed.Resize(count).Clear();
            dRows.Resize(count).Clear();
            LinearBackwardInput.Run(pool, logits.View, weights.Head, dNormed.View);
            if (gradients is not null) LinearBackwardWeight.Run(pool, logits.View, normed.View, gradients.Head.AsMatrix<T>());
            RmsNorm.Backward(pool, gathered.View, weights.FinalNorm, config.RmsNormEps, dNormed.View, dRows.View, gradients?.FinalNorm.AsMatrix<T>());
            for (int i = 0; i < count; i++) dRows.View.Row(i).AddTo(dx.Row(part[i]));
        }
        return losses;
    }

    private Matrix<T> Gather(MatrixView<T> x, ReadOnlySpan<int> rows)
    {
        var gathered = new Matrix<T>(rows.Length, config.HiddenSize);
        for (int i = 0; i < rows.Length; i++) x.Row(rows[i]).CopyTo(gathered.View.Row(i));
        return gathered;
    }
}
