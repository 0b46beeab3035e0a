using System.Numerics;

namespace Converge.Numerics;

/// <summary>
/// One update of Muon (Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks"): the momentum of a matrix, made nearly orthogonal by five
/// Newton-Schulz steps, so that all its directions move equally far. Scaled to the size of AdamW's updates (Liu et al., arXiv 2502.16982), so that both share a rate.
/// </summary>
public static class Muon
{
    private const int Iterations = 5;
    private const double Linear = 3.4445, Cubic = -4.7750, Quintic = 2.0315;
    private const double AdamWSize = 0.2;

    /// <summary>The constants of an update.</summary>
    /// <param name="LearningRate">The rate of this step.</param>
    /// <param name="Momentum">Decay of the momentum.</param>
    /// <param name="WeightDecay">Decoupled weight decay.</param>
    public readonly record struct Settings(double LearningRate, double Momentum, double WeightDecay);

    /// <summary>Updates a matrix [rows, columns] and its momentum from its gradient, with Nesterov's look ahead.</summary>
    public static void Update<T>(WorkPool pool, MatrixView<T> parameters, MatrixView<T> gradients, MatrixView<T> momentum, Settings settings) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int rows = parameters.Rows, columns = parameters.Columns;
        T decay = T.CreateTruncating(settings.Momentum);
        // A tall direction is turned over: the iteration works on the shorter side.
        bool tall = rows > columns;
        using var direction = new Matrix<T>(tall ? columns : rows, tall ? rows : columns);
        using var turned = new Matrix<T>(tall ? rows : 0, columns);
        var (target, ahead) = (direction.View, tall ? turned.View : direction.View);
        for (int r = 0; r < rows; r++)
        {
            var m = momentum.Row(r);
            Blend(decay, m, T.One, gradients.Row(r), m);
            Blend(decay, m, T.One, gradients.Row(r), ahead.Row(r));
        }
        if (tall) TurnOver(ahead, target);
        Orthogonalise(pool, direction);
        if (tall) TurnOver(target, ahead);
        T keep = T.CreateTruncating(1 - settings.LearningRate * settings.WeightDecay), rate = T.CreateTruncating(settings.LearningRate * AdamWSize * Math.Sqrt(Math.Max(rows, columns)));
        for (int r = 0; r < rows; r++) Blend(keep, parameters.Row(r), -rate, ahead.Row(r), parameters.Row(r));
    }

    /// <summary>X, at least as wide as high, becomes nearly U V^T of its singular value decomposition U S V^T. Zeros stay zeros.</summary>
    internal static void Orthogonalise<T>(WorkPool pool, Matrix<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double sum = SumOfSquares.Of(x);
        if (sum == 0) return;
        x.Span.MultiplyBy(T.CreateTruncating(1 / Math.Sqrt(sum)));
        using Matrix<T> gram = new(x.Rows, x.Rows), polynomial = new(x.Rows, x.Rows), next = new(x.Rows, x.Columns);
        for (int i = 0; i < Iterations; i++)
        {
            LinearForward.Run(pool, x.View, x.AsWeight(), gram.View);
            LinearForward.Run(pool, gram.View, gram.AsWeight(), polynomial.View);
            Blend(T.CreateTruncating(Cubic), gram.Span, T.CreateTruncating(Quintic), polynomial.Span, polynomial.Span);
            next.View.CopyFrom(x.View);
            next.Span.MultiplyBy(T.CreateTruncating(Linear));
            LinearBackwardInput.Run(pool, polynomial.View, x.AsWeight(), next.View, accumulate: true);
            x.View.CopyFrom(next.View);
        }
    }

    // target = a x + b y, element by element and rounded after each operation, so that every vector width gives the same bits.
    private static void Blend<T>(T a, Span<T> x, T b, Span<T> y, Span<T> target) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        for (; i + Vector<T>.Count <= x.Length; i += Vector<T>.Count) (new Vector<T>(x[i..]) * a + new Vector<T>(y[i..]) * b).CopyTo(target[i..]);
        for (; i < x.Length; i++) target[i] = a * x[i] + b * y[i];
    }

    private static void TurnOver<T>(MatrixView<T> source, MatrixView<T> target) where T : unmanaged
    {
        for (int r = 0; r < source.Rows; r++)
        {
            var row = source.Row(r);
            for (int c = 0; c < row.Length; c++) target.Row(c)[r] = row[c];
        }
    }
}
