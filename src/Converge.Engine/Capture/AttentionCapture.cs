using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Capture;

/// <summary>Collects attention's taps of a pass, block by block.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="pass">The pass.</param>
/// <param name="readout">Computes them.</param>
/// <param name="pool">The threads.</param>
internal sealed class AttentionCapture<T>(CapturePass<T> pass, AttentionReadout<T> readout, WorkPool pool) where T : unmanaged, IFloatingPointIeee754<T>
{
    private int[]? _rows;
    private RowSet<T>? _set;

    /// <summary>Keeps what block <paramref name="layer"/> (from 0) makes of its input, x [tokens, hidden].</summary>
    public void Before(int layer, MatrixView<T> x)
    {
        if (pass.BlockSlot(layer) < 0 || !pass.Request.Keeps(CaptureTaps.Queries | CaptureTaps.Keys)) return;
        using var input = new Matrix<T>(Rows.Length, x.Columns);
        input.View.GatherFrom(x, Rows);
        if (pass.Request.Keeps(CaptureTaps.Queries)) Project(LinearLayer.QProj, states => states.Queries);
        if (pass.Request.Keeps(CaptureTaps.Keys)) Project(LinearLayer.KProj, states => states.Keys);

        void Project(LinearLayer target, Func<ExactStates<T>, T[]> tap)
        {
            using var projection = readout.Projection(layer, target, Set, input.View);
            Keep(layer, projection.View, tap);
        }
    }

    /// <summary>Keeps what block <paramref name="layer"/> left in <paramref name="a"/>.</summary>
    /// <param name="layer">The block, from 0.</param>
    /// <param name="rows">The rows that queries were computed for, ascending; null: all.</param>
    /// <param name="a">The block's intermediate results.</param>
    public void After(int layer, int[]? rows, BlockActivations<T> a)
    {
        if (pass.BlockSlot(layer) < 0) return;
        if (pass.Request.Keeps(CaptureTaps.AttnOut))
        {
            using var heads = new Matrix<T>(Rows.Length, a.Attention.Columns);
            heads.View.GatherFrom(a.Attention.View, [.. Rows.Select(IndexOf)]);
            using var output = readout.Output(layer, Set, heads.View);
            Keep(layer, output.View, states => states.AttnOut);
        }
        if (!pass.Request.Keeps(CaptureTaps.AttnScores)) return;
        pool.For(pass.States.Length, i =>
        {
            int[] path = pass.Batch.Forest.Rows(i);
            int size = a.Q.Columns / readout.HeadDim * path.Length;
            readout.Scores(a.Q.View.RowRange(IndexOf(path[^1]), 1), a.K.View, path, pass.States[i].AttnScores.AsSpan(pass.BlockSlot(layer) * size, size));
        });

        int IndexOf(int row) => rows is null ? row : Array.BinarySearch(rows, row);
    }

    // Only where attention is looked at.
    private int[] Rows => _rows ??= [.. pass.Taps.SelectMany(rows => rows).Distinct().Order()];

    private RowSet<T> Set => _set ??= pass.Batch.Subset(Rows);

    // values holds a row for every row of Rows.
    private void Keep(int layer, MatrixView<T> values, Func<ExactStates<T>, T[]> tap)
    {
        int width = values.Columns;
        for (int i = 0; i < pass.Taps.Length; i++)
            for (int j = 0; j < pass.Taps[i].Length; j++)
                values.Row(Array.BinarySearch(Rows, pass.Taps[i][j])).CopyTo(tap(pass.States[i]).AsSpan((pass.BlockSlot(layer) * pass.Taps[i].Length + j) * width, width));
    }
}
