using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The low-rank part of adapted linear layers: y += (alpha / r) B A dropout(x), for every row under its own adapter.</summary>
internal static class LoraLinear
{
    /// <summary>x [rows, in]; y [rows, out] is added to. Both begin at row <paramref name="firstRow"/> of the set.</summary>
    public static void Forward<T>(WorkPool pool, RowSet<T> rowSet, int firstRow, int layer, LinearLayer target, MatrixView<T> x, MatrixView<T> y, LoraMatrices<T> matrices)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!rowSet.Adapts(layer, target)) return;
        var down = matrices.Down.Resize(x.Rows, rowSet.GreatestRank);
        var dropped = matrices.Dropped.Resize(rowSet.HasDropout ? x.Rows : 0, x.Columns);
        pool.For(rowSet.Adapters.Length, (pool, rowSet, firstRow, layer, target, x, y, down, dropped), static (all, index) =>
        {
            var run = all.rowSet.Adapters[index];
            int first = Math.Max(run.First, all.firstRow), count = Math.Min(run.First + run.Count, all.firstRow + all.x.Rows) - first;
            if (count <= 0 || run.Adapter[all.layer, all.target] is not { } pair) return;
            int at = first - all.firstRow;
            var input = Input(run, first - run.First, all.layer, all.target, all.x.RowRange(at, count), all.dropped, at);
            var rank = Down(all.pool, input, pair, run.Adapter.Recipe.Scale, Part(all.down, at, count, pair));
            LinearForward.Run(all.pool, rank, pair.B.AsWeight(), all.y.RowRange(at, count), accumulate: true);
        });
    }

    /// <summary>
    /// From dy [rows, out]: adds the gradients of A and B to <paramref name="gradients"/> (by adapter) and that of the input to dx [rows, in], where it is wanted.
    /// </summary>
    public static void Backward<T>(
        WorkPool pool, RowSet<T> rowSet, int layer, LinearLayer target, MatrixView<T> x, MatrixView<T> dy, MatrixView<T>? dx, IReadOnlyList<LoraParameters<T>> gradients, LoraMatrices<T> matrices)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!rowSet.Adapts(layer, target)) return;
        var (down, dDown) = (matrices.Down.Resize(x.Rows, rowSet.GreatestRank), matrices.DownGradient.Resize(x.Rows, rowSet.GreatestRank));
        int copies = rowSet.HasDropout ? x.Rows : 0;
        var (dropped, dDropped) = (matrices.Dropped.Resize(copies, x.Columns), matrices.DroppedGradient.Resize(copies, x.Columns));
        pool.For(rowSet.Adapters.Length, (pool, rowSet, layer, target, x, dy, dx, gradients, down, dDown, dropped, dDropped), static (all, index) =>
        {
            var (pool, run) = (all.pool, all.rowSet.Adapters[index]);
            if (run.Adapter[all.layer, all.target] is not { } pair) return;
            var gradient = all.gradients[run.Index][all.layer, all.target]!;
            var upper = all.dy.RowRange(run.First, run.Count);
            var input = Input(run, 0, all.layer, all.target, all.x.RowRange(run.First, run.Count), all.dropped, run.First);
            var rank = Down(pool, input, pair, run.Adapter.Recipe.Scale, Part(all.down, run.First, run.Count, pair));
            LinearBackwardWeight.Run(pool, upper, rank, gradient.B.View);

            var dRank = Part(all.dDown, run.First, run.Count, pair);
            LinearBackwardInput.Run(pool, upper, pair.B.AsWeight(), dRank);
            Multiply(dRank, T.CreateTruncating(run.Adapter.Recipe.Scale));
            LinearBackwardWeight.Run(pool, dRank, input, gradient.A.View);

            if (all.dx is not { } dInput) return;
            var dRows = dInput.RowRange(run.First, run.Count);
            if (run.Dropout is null) LinearBackwardInput.Run(pool, dRank, pair.A.AsWeight(), dRows, accumulate: true);
            else
            {
                var masked = all.dDropped.RowRange(run.First, run.Count);
                LinearBackwardInput.Run(pool, dRank, pair.A.AsWeight(), masked);
                run.Drop(masked, 0, all.layer, all.target);
                for (int row = 0; row < run.Count; row++) masked.Row(row).AddTo(dRows.Row(row));
            }
        });
    }

    private static MatrixView<T> Down<T>(WorkPool pool, MatrixView<T> x, LoraParameters<T>.Pair pair, double scale, MatrixView<T> down) where T : unmanaged, IFloatingPointIeee754<T>
    {
        LinearForward.Run(pool, x, pair.A.AsWeight(), down);
        Multiply(down, T.CreateTruncating(scale));
        return down;
    }

    // The adapter's input: the layer's, or a copy after dropout.
    private static MatrixView<T> Input<T>(AdapterRows<T> run, int firstRow, int layer, LinearLayer target, MatrixView<T> x, MatrixView<T> copies, int at) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (run.Dropout is null) return x;
        var copy = copies.RowRange(at, x.Rows);
        copy.CopyFrom(x);
        run.Drop(copy, firstRow, layer, target);
        return copy;
    }

    // As many columns as the adapter's rank.
    private static unsafe MatrixView<T> Part<T>(MatrixView<T> whole, int first, int count, LoraParameters<T>.Pair pair) where T : unmanaged, IFloatingPointIeee754<T> =>
        new(whole.RowPointer(first), count, pair.A.Rows, whole.Stride);

    private static void Multiply<T>(MatrixView<T> values, T factor) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int row = 0; row < values.Rows; row++) values.Row(row).MultiplyBy(factor);
    }
}
