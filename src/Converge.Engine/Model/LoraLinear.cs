using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The low-rank part of adapted linear layers: y += (alpha / r) B A dropout(x), for every row under its own adapter.</summary>
internal static class LoraLinear
{
    /// <summary>x [rows, in]; y [rows, out] is added to.</summary>
    public static void Forward<T>(WorkPool pool, RowSet<T> rowSet, int layer, LinearLayer target, MatrixView<T> x, MatrixView<T> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        pool.For(rowSet.Adapters.Length, index =>
        {
            var run = rowSet.Adapters[index];
            if (run.Adapter[layer, target] is not { } pair) return;
            var rows = x.RowRange(run.First, run.Count);
            using var dropped = run.Dropout is null ? null : Dropped(rows, run.Dropout, layer, target);
            using var down = Down(pool, dropped?.View ?? rows, pair, run.Adapter.Recipe.Scale);
            LinearForward.Run(pool, down.View, pair.B.AsWeight(), y.RowRange(run.First, run.Count), accumulate: true);
        });
    }

    /// <summary>
    /// From dy [rows, out]: adds the gradients of A and B to <paramref name="gradients"/> (by adapter) and that of the input to dx [rows, in].
    /// </summary>
    public static void Backward<T>(
        WorkPool pool, RowSet<T> rowSet, int layer, LinearLayer target, MatrixView<T> x, MatrixView<T> dy, MatrixView<T> dx, IReadOnlyList<LoraParameters<T>> gradients)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        pool.For(rowSet.Adapters.Length, index =>
        {
            var run = rowSet.Adapters[index];
            if (run.Adapter[layer, target] is not { } pair) return;
            var gradient = gradients[run.Index][layer, target]!;
            var (rows, upper) = (x.RowRange(run.First, run.Count), dy.RowRange(run.First, run.Count));
            using var dropped = run.Dropout is null ? null : Dropped(rows, run.Dropout, layer, target);
            var input = dropped?.View ?? rows;
            using var down = Down(pool, input, pair, run.Adapter.Recipe.Scale);
            LinearBackwardWeight.Run(pool, upper, down.View, gradient.B.View);

            using var dDown = new Matrix<T>(run.Count, pair.A.Rows);
            LinearBackwardInput.Run(pool, upper, pair.B.AsWeight(), dDown.View);
            Multiply(dDown.Span, T.CreateTruncating(run.Adapter.Recipe.Scale));
            LinearBackwardWeight.Run(pool, dDown.View, input, gradient.A.View);

            var dRows = dx.RowRange(run.First, run.Count);
            if (run.Dropout is null) LinearBackwardInput.Run(pool, dDown.View, pair.A.AsWeight(), dRows);
            else
            {
                using var dInput = new Matrix<T>(run.Count, pair.A.Columns);
                LinearBackwardInput.Run(pool, dDown.View, pair.A.AsWeight(), dInput.View);
                run.Dropout.Apply(dInput.View, layer, target);
                for (int row = 0; row < run.Count; row++) dInput.View.Row(row).AddTo(dRows.Row(row));
            }
        });
    }

    private static Matrix<T> Down<T>(WorkPool pool, MatrixView<T> x, LoraParameters<T>.Pair pair, double scale) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var down = new Matrix<T>(x.Rows, pair.A.Rows);
        LinearForward.Run(pool, x, pair.A.AsWeight(), down.View);
        Multiply(down.Span, T.CreateTruncating(scale));
        return down;
    }

    private static Matrix<T> Dropped<T>(MatrixView<T> x, Dropout dropout, int layer, LinearLayer target) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var copy = new Matrix<T>(x.Rows, x.Columns);
        copy.View.CopyFrom(x);
        dropout.Apply(copy.View, layer, target);
        return copy;
    }

    private static void Multiply<T>(Span<T> values, T factor) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < values.Length; i++) values[i] *= factor;
    }
}
