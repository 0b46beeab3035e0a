using System.Numerics;
using System.Runtime.CompilerServices;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The gradient of <see cref="Block{T}"/>, from what its forward pass kept. Norms and activations are computed anew: they are cheap.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class BlockBackward<T>(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool, Workspace<T> workspace, Products products) : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly HeadShape _heads = new(config.Heads, config.KeyValueHeads, config.HeadDim);
    private readonly Matrix<T> _dNormed = new(0, config.HiddenSize);
    private readonly Matrix<T> _activated = new(0, config.IntermediateSize);
    private readonly Matrix<T> _dActivated = new(0, config.IntermediateSize);
    private readonly Matrix<T> _dAttention = new(0, config.QueryWidth);
    private readonly Matrix<T> _queriesOfAll = new(0, config.QueryWidth);
    private readonly Matrix<T> _dAttentionOfAll = new(0, config.QueryWidth);
    private readonly Matrix<T> _dQ = new(0, config.QueryWidth);
    private readonly Matrix<T> _dK = new(0, config.KeyValueWidth);
    private readonly Matrix<T> _dV = new(0, config.KeyValueWidth);

    /// <summary>dx [tokens, hidden], the gradient with respect to the block's output, becomes that with respect to its input.</summary>
    /// <param name="layer">The block's index.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="a">What the forward pass kept; used up.</param>
    /// <param name="dx">The gradient of the residual stream.</param>
    /// <param name="gradients">Where gradients of parameters are added.</param>
    /// <param name="wantsInput">Whether the gradient with respect to the input is wanted; if not, dx is undefined afterwards.</param>
    public void Run(int layer, Batch<T> batch, BlockActivations<T> a, MatrixView<T> dx, Gradients<T> gradients, bool wantsInput)
    {
        FeedForward(layer, batch.All, a, dx, gradients);
        var dAttention = AttentionOutput(layer, batch.All, a, dx, gradients);
        Attention(layer, batch, a, a.Q.View, dAttention, dx, gradients, wantsInput);
    }

    /// <summary>As the other, of a block whose output was wanted of some rows, see <see cref="Block{T}.ForwardRows"/>: the other rows of dx hold zeros.</summary>
    /// <param name="layer">The block's index.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="subset">The same rows, see <see cref="Batch{T}.Subset"/>.</param>
    /// <param name="a">What the forward pass kept; used up.</param>
    /// <param name="dx">The gradient of the residual stream.</param>
    /// <param name="gradients">Where gradients of parameters are added.</param>
    /// <param name="wantsInput">Whether the gradient with respect to the input is wanted; if not, dx is undefined afterwards.</param>
    public void RunRows(int layer, Batch<T> batch, int[] rows, RowSet<T> subset, BlockActivations<T> a, MatrixView<T> dx, Gradients<T> gradients, bool wantsInput)
    {
        var dWanted = workspace.Wanted.Resize(rows.Length).GatherFrom(dx, rows);
        FeedForward(layer, subset, a, dWanted, gradients);
        var dAttention = Zeros(_dAttentionOfAll, dx.Rows).ScatterFrom(AttentionOutput(layer, subset, a, dWanted, gradients), rows);
        dx.ScatterFrom(dWanted, rows);
        // A query that nobody looks at has no gradient, whatever it is.
        var queries = Zeros(_queriesOfAll, dx.Rows).ScatterFrom(a.Q.View, rows);
        Attention(layer, batch, a, queries, dAttention, dx, gradients, wantsInput);
    }

    /// <summary>What one token needs beside the activations that were kept, in bytes: gradients, and what is computed anew.</summary>
    public static long BytesPerToken(ModelConfig config) => Unsafe.SizeOf<T>() * (4L * config.HiddenSize + 2L * config.IntermediateSize + 4L * config.QueryWidth + 2L * config.KeyValueWidth);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in new[] { _dNormed, _activated, _dActivated, _dAttention, _queriesOfAll, _dAttentionOfAll, _dQ, _dK, _dV }) matrix.Dispose();
    }

    private void FeedForward(int layer, RowSet<T> set, BlockActivations<T> a, MatrixView<T> dx, Gradients<T> gradients)
    {
        int rows = dx.Rows;
        var norm = weights.Blocks[layer].PostAttentionNorm;
        var (normed, activated) = (workspace.Normed.Resize(rows), _activated.Resize(rows));
        RmsNorm.Forward(pool, a.Middle.View, norm, config.RmsNormEps, normed);
        SwiGlu.Forward(pool, a.Gate.View, a.Up.View, activated);

        var dActivated = _dActivated.Resize(rows);
        Linear(layer, LinearLayer.DownProj, set, activated, dx, dActivated, gradients);
        // In place: gate and up are not needed any more.
        var (dGate, dUp, dNormed) = (a.Gate.View, a.Up.View, _dNormed.Resize(rows));
        SwiGlu.Backward(pool, a.Gate.View, a.Up.View, dActivated, dGate, dUp);
        Linear(layer, LinearLayer.GateProj, set, normed, dGate, dNormed, gradients);
        Linear(layer, LinearLayer.UpProj, set, normed, dUp, dNormed, gradients, accumulate: true);
        RmsNorm.Backward(pool, a.Middle.View, norm, config.RmsNormEps, dNormed, dx, gradients.Weights?.Blocks[layer].PostAttentionNorm.AsMatrix<T>());
    }

    // The gradient with respect to the heads' outputs.
    private MatrixView<T> AttentionOutput(int layer, RowSet<T> set, BlockActivations<T> a, MatrixView<T> dx, Gradients<T> gradients)
    {
        var dAttention = _dAttention.Resize(dx.Rows);
        Linear(layer, LinearLayer.OProj, set, a.Attention.View, dx, dAttention, gradients);
        return dAttention;
    }

    private void Attention(int layer, Batch<T> batch, BlockActivations<T> a, MatrixView<T> queries, MatrixView<T> dAttention, MatrixView<T> dx, Gradients<T> gradients, bool wantsInput)
    {
        int rows = dx.Rows;
        var norm = weights.Blocks[layer].InputNorm;
        var (dQ, dK, dV) = (_dQ.Resize(rows), Zeros(_dK, rows), Zeros(_dV, rows));
        AttentionBackward.Run(pool, batch.Forest.Segments, batch.Trees, _heads, queries, a.K.View, a.V.View, dAttention, dQ, dK, dV);
        rotary.RotateBack(pool, dQ, batch.Forest.Positions);
        rotary.RotateBack(pool, dK, batch.Forest.Positions);

        var normed = workspace.Normed.Resize(rows);
        RmsNorm.Forward(pool, a.Input.View, norm, config.RmsNormEps, normed);
        MatrixView<T>? dNormed = wantsInput ? _dNormed.Resize(rows) : null;
        Linear(layer, LinearLayer.QProj, batch.All, normed, dQ, dNormed, gradients);
        Linear(layer, LinearLayer.KProj, batch.All, normed, dK, dNormed, gradients, accumulate: true);
        Linear(layer, LinearLayer.VProj, batch.All, normed, dV, dNormed, gradients, accumulate: true);
        if (dNormed is { } inner) RmsNorm.Backward(pool, a.Input.View, norm, config.RmsNormEps, inner, dx, gradients.Weights?.Blocks[layer].InputNorm.AsMatrix<T>());
    }

    private void Linear(int layer, LinearLayer target, RowSet<T> set, MatrixView<T> x, MatrixView<T> dy, MatrixView<T>? dx, Gradients<T> gradients, bool accumulate = false)
    {
        if (dx is { } input) LinearBackwardInput.Run(pool, dy, weights.Blocks[layer][target], input, accumulate, products);
        LoraLinear.Backward(pool, set, layer, target, x, dy, dx, gradients.Adapters, workspace.Lora);
        if (gradients.Weights?.Blocks[layer] is not { } block) return;
        LinearBackwardWeight.Run(pool, dy, x, block[target].AsMatrix<T>());
        if (!block.Bias(target).IsAbsent) RowBias.Backward(dy, block.Bias(target).AsMatrix<T>());
    }

    private static MatrixView<T> Zeros(Matrix<T> matrix, int rows)
    {
        var view = matrix.Resize(rows);
        view.Clear();
        return view;
    }
}
