using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>One block of the model, forward: x += o(attention(norm(x))); x += down(silu(gate(norm(x))) * up(norm(x))).</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class Block<T>(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool) where T : unmanaged, IFloatingPointIeee754<T>
{
    // In a pass without gradients the feed-forward network runs over this many rows at a time, so that its wide rows stay few.
    private const int RowsAtATime = 1024;

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
        Attention(layer, batch, x, a);
        if (keep) a.Middle.Resize(x.Rows).CopyFrom(x);
        // Adapters on the feed-forward network know rows of the whole batch, and the backward pass wants all rows.
        if (keep || batch.AdapterRuns.Length > 0) FeedForward(layer, batch, x, a);
        else
        {
            for (int row = 0; row < x.Rows; row += RowsAtATime) FeedForward(layer, batch, x.RowRange(row, Math.Min(RowsAtATime, x.Rows - row)), a);
        }
    }

    private void Attention(int layer, Batch<T> batch, MatrixView<T> x, BlockActivations<T> a)
    {
        var block = weights.Blocks[layer];
        var normed = a.Normed.Resize(x.Rows);
        var (q, k, v, heads) = (a.Q.Resize(x.Rows), a.K.Resize(x.Rows), a.V.Resize(x.Rows), a.Attention.Resize(x.Rows));
        RmsNorm.Forward(pool, x, block.InputNorm, config.RmsNormEps, normed);
        Linear(layer, LinearLayer.QProj, batch, normed, q);
        Linear(layer, LinearLayer.KProj, batch, normed, k);
        Linear(layer, LinearLayer.VProj, batch, normed, v);
        rotary.Rotate(pool, q, batch.Forest.Positions);
        rotary.Rotate(pool, k, batch.Forest.Positions);
        AttentionForward.Run(pool, batch.Forest.Segments, Heads, q, k, v, heads);
        Linear(layer, LinearLayer.OProj, batch, heads, x, accumulate: true);
    }

    private void FeedForward(int layer, Batch<T> batch, MatrixView<T> x, BlockActivations<T> a)
    {
        var normed = a.Normed.Resize(x.Rows);
        var (gate, up) = (a.Gate.Resize(x.Rows), a.Up.Resize(x.Rows));
        RmsNorm.Forward(pool, x, weights.Blocks[layer].PostAttentionNorm, config.RmsNormEps, normed);
        Linear(layer, LinearLayer.GateProj, batch, normed, gate);
        Linear(layer, LinearLayer.UpProj, batch, normed, up);
        using var activated = new Matrix<T>(x.Rows, config.IntermediateSize);
        SwiGlu.Forward(pool, gate, up, activated.View);
        Linear(layer, LinearLayer.DownProj, batch, activated.View, x, accumulate: true);
    }

    private void Linear(int layer, LinearLayer target, Batch<T> batch, MatrixView<T> x, MatrixView<T> y, bool accumulate = false)
    {
        var block = weights.Blocks[layer];
        LinearForward.Run(pool, x, block[target], y, accumulate);
        if (!block.Bias(target).IsAbsent) RowBias.Add(pool, y, block.Bias(target));
        LoraLinear.Forward(pool, batch, layer, target, x, y);
    }
}
