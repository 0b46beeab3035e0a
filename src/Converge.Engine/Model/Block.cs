using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>One block of the model, forward: x += o(attention(norm(x))); x += down(silu(gate(norm(x))) * up(norm(x))).</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class Block<T>(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool, Workspace<T> workspace, Products products) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The feed-forward network runs over this many rows at a time, so that its wide rows stay few and in the cache.</summary>
    public const int FeedForwardRows = 1024;

    /// <summary>The heads of attention.</summary>
    public HeadShape Heads { get; } = new(config.Heads, config.KeyValueHeads, config.HeadDim);

    /// <summary>Runs block <paramref name="layer"/>; x [tokens, hidden] becomes its output. Results are left in <paramref name="a"/>.</summary>
    /// <param name="layer">The block's index.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="x">The residual stream.</param>
    /// <param name="a">Where intermediate results go.</param>
    /// <param name="keep">Whether all of them are left there, for the backward pass.</param>
    public void Forward(int layer, Batch<T> batch, MatrixView<T> x, BlockActivations<T> a, bool keep)
    {
        if (keep) a.Input.Resize(x.Rows).CopyFrom(x);
        var normed = KeysAndValues(layer, batch.All, x, a);
        Attention(layer, batch.Forest.Segments, batch.All, normed, a.K.View, a.V.View, x, a);
        if (keep) a.Middle.Resize(x.Rows).CopyFrom(x);
        FeedForward(layer, batch.All, x, a, keep);
    }

    /// <summary>
    /// Runs the last block for the rows whose output is wanted: all tokens give keys and values, only those rows go on. The other rows of x are left as they
    /// were.
    /// </summary>
    /// <param name="layer">The block's index.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="subset">The same rows, see <see cref="Batch{T}.Subset"/>.</param>
    /// <param name="x">The residual stream.</param>
    /// <param name="a">Where intermediate results go; of those rows, but for keys and values.</param>
    /// <param name="keep">Whether all of them are left there, for the backward pass.</param>
    public void ForwardRows(int layer, Batch<T> batch, int[] rows, RowSet<T> subset, MatrixView<T> x, BlockActivations<T> a, bool keep = false)
    {
        if (keep) a.Input.Resize(x.Rows).CopyFrom(x);
        var allNormed = KeysAndValues(layer, batch.All, x, a);
        var wanted = workspace.Wanted.Resize(rows.Length).GatherFrom(x, rows);
        var normed = workspace.WantedNormed.Resize(rows.Length).GatherFrom(allNormed, rows);
        Attention(layer, batch.Forest.Segments, subset, normed, a.K.View, a.V.View, wanted, a);
        if (keep) a.Middle.Resize(rows.Length).CopyFrom(wanted);
        FeedForward(layer, subset, wanted, a, keep);
        x.ScatterFrom(wanted, rows);
    }

    /// <summary>
    /// Runs a block for new tokens, one of each of some sequences, whose earlier tokens left their keys and values; those of the new ones are put beside them.
    /// x [rows, hidden] becomes the block's output.
    /// </summary>
    /// <param name="layer">The block's index.</param>
    /// <param name="segments">The sequences' segments, over the rows of <paramref name="keys"/>.</param>
    /// <param name="rows">The new tokens.</param>
    /// <param name="places">The row of each of them among the keys.</param>
    /// <param name="keys">Keys of all tokens, rotated.</param>
    /// <param name="values">Values of all tokens.</param>
    /// <param name="x">The residual stream.</param>
    /// <param name="a">Where intermediate results go.</param>
    public void ForwardNew(int layer, Segment[] segments, RowSet<T> rows, int[] places, MatrixView<T> keys, MatrixView<T> values, MatrixView<T> x, BlockActivations<T> a)
    {
        var normed = KeysAndValues(layer, rows, x, a);
        for (int i = 0; i < places.Length; i++)
        {
            a.K.View.Row(i).CopyTo(keys.Row(places[i]));
            a.V.View.Row(i).CopyTo(values.Row(places[i]));
        }
        Attention(layer, segments, rows, normed, keys, values, x, a);
        FeedForward(layer, rows, x, a, keep: false);
    }

    private MatrixView<T> KeysAndValues(int layer, RowSet<T> rows, MatrixView<T> x, BlockActivations<T> a)
    {
        var (normed, k, v) = (workspace.Normed.Resize(x.Rows), a.K.Resize(x.Rows), a.V.Resize(x.Rows));
        RmsNorm.Forward(pool, x, weights.Blocks[layer].InputNorm, config.RmsNormEps, normed);
        Linear(layer, (LinearLayer.KProj, k), (LinearLayer.VProj, v), rows, normed);
        rotary.Rotate(pool, k, rows.Positions);
        return normed;
    }

    // normed and x hold the rows of the set, k and v those of the segments.
    private void Attention(int layer, Segment[] segments, RowSet<T> rows, MatrixView<T> normed, MatrixView<T> k, MatrixView<T> v, MatrixView<T> x, BlockActivations<T> a)
    {
        var (q, heads) = (a.Q.Resize(x.Rows), a.Attention.Resize(x.Rows));
        Linear(layer, LinearLayer.QProj, rows, normed, q);
        rotary.Rotate(pool, q, rows.Positions);
        AttentionForward.Run(pool, segments, rows.Queries, Heads, q, k, v, heads);
        Linear(layer, LinearLayer.OProj, rows, heads, x, accumulate: true);
    }

    private void FeedForward(int layer, RowSet<T> rows, MatrixView<T> x, BlockActivations<T> a, bool keep)
    {
        int most = Math.Min(x.Rows, FeedForwardRows);
        var (gates, ups) = (a.Gate.Resize(keep ? x.Rows : most), a.Up.Resize(keep ? x.Rows : most));
        for (int first = 0; first < x.Rows; first += most)
        {
            int count = Math.Min(most, x.Rows - first);
            var part = x.RowRange(first, count);
            var (gate, up) = (gates.RowRange(keep ? first : 0, count), ups.RowRange(keep ? first : 0, count));
            var (normed, activated) = (workspace.Normed.Resize(count), workspace.Activated.Resize(count));
            RmsNorm.Forward(pool, part, weights.Blocks[layer].PostAttentionNorm, config.RmsNormEps, normed);
            Linear(layer, (LinearLayer.GateProj, gate), (LinearLayer.UpProj, up), rows, normed, first);
            SwiGlu.Forward(pool, gate, up, activated);
            Linear(layer, LinearLayer.DownProj, rows, activated, part, accumulate: true, firstRow: first);
        }
    }

    /// <summary>A linear layer with its bias and its adapters: y [rows, out] of x [rows, in] is set, or added to.</summary>
    /// <param name="layer">The block's index.</param>
    /// <param name="target">The linear layer.</param>
    /// <param name="rows">The rows that x and y are of, or part of.</param>
    /// <param name="x">The input.</param>
    /// <param name="y">The output.</param>
    /// <param name="accumulate">Whether y is added to.</param>
    /// <param name="firstRow">The place of their first row in the set.</param>
    public void Linear(int layer, LinearLayer target, RowSet<T> rows, MatrixView<T> x, MatrixView<T> y, bool accumulate = false, int firstRow = 0)
    {
        LinearForward.Run(pool, x, weights.Blocks[layer][target], y, accumulate, products);
        AddBiasAndAdapters(layer, target, rows, x, y, firstRow);
    }

    // Two layers of one input, which is prepared for both at once.
    private void Linear(int layer, (LinearLayer Target, MatrixView<T> Y) first, (LinearLayer Target, MatrixView<T> Y) second, RowSet<T> rows, MatrixView<T> x, int firstRow = 0)
    {
        var block = weights.Blocks[layer];
        LinearForward.Run(pool, x, [new LinearOutput<T>(block[first.Target], first.Y), new LinearOutput<T>(block[second.Target], second.Y)], products: products);
        AddBiasAndAdapters(layer, first.Target, rows, x, first.Y, firstRow);
        AddBiasAndAdapters(layer, second.Target, rows, x, second.Y, firstRow);
    }

    private void AddBiasAndAdapters(int layer, LinearLayer target, RowSet<T> rows, MatrixView<T> x, MatrixView<T> y, int firstRow)
    {
        var bias = weights.Blocks[layer].Bias(target);
        if (!bias.IsAbsent) RowBias.Add(pool, y, bias);
        LoraLinear.Forward(pool, rows, firstRow, layer, target, x, y, workspace.Lora);
    }
}
