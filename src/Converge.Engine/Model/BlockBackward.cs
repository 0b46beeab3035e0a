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
        FeedForward(layer, batch, a, dx, gradients);
        Attention(layer, batch, a, dx, gradients, wantsInput);
    }

    /// <summary>What one token needs beside the activations that were kept, in bytes: gradients, and what is computed anew.</summary>
    public static long BytesPerToken(ModelConfig config) => Unsafe.SizeOf<T>() * (4L * config.HiddenSize + 2L * config.IntermediateSize + 2L * config.QueryWidth + 2L * config.KeyValueWidth);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in new[] { _dNormed, _activated, _dActivated, _dAttention, _dQ, _dK, _dV }) matrix.Dispose();
    }

    private void FeedForward(int layer, Batch<T> batch, BlockActivations<T> a, MatrixView<T> dx, Gradients<T> gradients)
    {
        int rows = dx.Rows;
        var norm = weights.Blocks[layer].PostAttentionNorm;
        var (normed, activated) = (workspace.Normed.Resize(rows), _activated.Resize(rows));
        RmsNorm.Forward(pool, a.Middle.View, norm, config.RmsNormEps, normed);
        SwiGlu.Forward(pool, a.Gate.View, a.Up.View, activated);

        var dActivated = Zeros(_dActivated, rows);
        Linear(layer, LinearLayer.DownProj, batch, activated, dx, dActivated, gradients);
        // In place: gate and up are not needed any more.
        var (dGate, dUp, dNormed) = (a.Gate.View, a.Up.View, Zeros(_dNormed, rows));
        SwiGlu.Backward(pool, a.Gate.View, a.Up.View, dActivated, dGate, dUp);
        Linear(layer, LinearLayer.GateProj, batch, normed, dGate, dNormed, gradients);
        Linear(layer, LinearLayer.UpProj, batch, normed, dUp, dNormed, gradients);
        RmsNorm.Backward(pool, a.Middle.View, norm, config.RmsNormEps, dNormed, dx, gradients.Weights?.Blocks[layer].PostAttentionNorm.AsMatrix<T>());
    }

    private void Attention(int layer, Batch<T> batch, BlockActivations<T> a, MatrixView<T> dx, Gradients<T> gradients, bool wantsInput)
    {
        int rows = dx.Rows;
        var norm = weights.Blocks[layer].InputNorm;
        var dAttention = Zeros(_dAttention, rows);
        Linear(layer, LinearLayer.OProj, batch, a.Attention.View, dx, dAttention, gradients);

        var (dQ, dK, dV) = (_dQ.Resize(rows), Zeros(_dK, rows), Zeros(_dV, rows));
        AttentionBackward.Run(pool, batch.Forest.Segments, batch.Trees, _heads, a.Q.View, a.K.View, a.V.View, dAttention, dQ, dK, dV);
        rotary.RotateBack(pool, dQ, batch.Forest.Positions);
        rotary.RotateBack(pool, dK, batch.Forest.Positions);

        var normed = workspace.Normed.Resize(rows);
        RmsNorm.Forward(pool, a.Input.View, norm, config.RmsNormEps, normed);
        MatrixView<T>? dNormed = wantsInput ? Zeros(_dNormed, rows) : null;
        Linear(layer, LinearLayer.QProj, batch, normed, dQ, dNormed, gradients);
        Linear(layer, LinearLayer.KProj, batch, normed, dK, dNormed, gradients);
        Linear(layer, LinearLayer.VProj, batch, normed, dV, dNormed, gradients);
        if (dNormed is { } inner) RmsNorm.Backward(pool, a.Input.View, norm, config.RmsNormEps, inner, dx, gradients.Weights?.Blocks[layer].InputNorm.AsMatrix<T>());
    }

    private void Linear(int layer, LinearLayer target, Batch<T> batch, MatrixView<T> x, MatrixView<T> dy, MatrixView<T>? dx, Gradients<T> gradients)
    {
        if (dx is { } input) LinearBackwardInput.Run(pool, dy, weights.Blocks[layer][target], input, products);
        LoraLinear.Backward(pool, batch.All, layer, target, x, dy, dx, gradients.Adapters, workspace.Lora);
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
