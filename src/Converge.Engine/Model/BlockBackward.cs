using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The gradient of <see cref="Block{T}"/>, from what its forward pass kept. Norms and activations are computed anew: they are cheap.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class BlockBackward<T>(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool) : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly HeadShape _heads = new(config.Heads, config.KeyValueHeads, config.HeadDim);
    private readonly Matrix<T> _normed = new(0, config.HiddenSize);
    private readonly Matrix<T> _dNormed = new(0, config.HiddenSize);
    private readonly Matrix<T> _activated = new(0, config.IntermediateSize);
    private readonly Matrix<T> _dActivated = new(0, config.IntermediateSize);
    private readonly Matrix<T> _dGate = new(0, config.IntermediateSize);
    private readonly Matrix<T> _dUp = new(0, config.IntermediateSize);
    private readonly Matrix<T> _dAttention = new(0, config.QueryWidth);
    private readonly Matrix<T> _dQ = new(0, config.QueryWidth);
    private readonly Matrix<T> _dK = new(0, config.KeyValueWidth);
    private readonly Matrix<T> _dV = new(0, config.KeyValueWidth);

    /// <summary>dx [tokens, hidden], the gradient with respect to the block's output, becomes that with respect to its input.</summary>
    public void Run(int layer, Batch<T> batch, BlockActivations<T> a, MatrixView<T> dx, Gradients<T> gradients)
    {
        FeedForward(layer, batch, a, dx, gradients);
        Attention(layer, batch, a, dx, gradients);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in new[] { _normed, _dNormed, _activated, _dActivated, _dGate, _dUp, _dAttention, _dQ, _dK, _dV }) matrix.Dispose();
    }

    private void FeedForward(int layer, Batch<T> batch, BlockActivations<T> a, MatrixView<T> dx, Gradients<T> gradients)
    {
        int rows = dx.Rows;
        var norm = weights.Blocks[layer].PostAttentionNorm;
        var (normed, activated) = (_normed.Resize(rows), _activated.Resize(rows));
        RmsNorm.Forward(pool, a.Middle.View, norm, config.RmsNormEps, normed);
        SwiGlu.Forward(pool, a.Gate.View, a.Up.View, activated);

        var dActivated = Zeros(_dActivated, rows);
        Linear(layer, LinearLayer.DownProj, batch, activated, dx, dActivated, gradients);
        var (dGate, dUp, dNormed) = (_dGate.Resize(rows), _dUp.Resize(rows), Zeros(_dNormed, rows));
        SwiGlu.Backward(pool, a.Gate.View, a.Up.View, dActivated, dGate, dUp);
        Linear(layer, LinearLayer.GateProj, batch, normed, dGate, dNormed, gradients);
        Linear(layer, LinearLayer.UpProj, batch, normed, dUp, dNormed, gradients);
        RmsNorm.Backward(pool, a.Middle.View, norm, config.RmsNormEps, dNormed, dx, gradients.Weights?.Blocks[layer].PostAttentionNorm.AsMatrix<T>());
    }

    private void Attention(int layer, Batch<T> batch, BlockActivations<T> a, MatrixView<T> dx, Gradients<T> gradients)
    {
        int rows = dx.Rows;
        var norm = weights.Blocks[layer].InputNorm;
        var dAttention = Zeros(_dAttention, rows);
        Linear(layer, LinearLayer.OProj, batch, a.Attention.View, dx, dAttention, gradients);

        var (dQ, dK, dV, dNormed) = (_dQ.Resize(rows), Zeros(_dK, rows), Zeros(_dV, rows), Zeros(_dNormed, rows));
        AttentionBackward.Run(pool, batch.Forest.Segments, _heads, a.Q.View, a.K.View, a.V.View, dAttention, dQ, dK, dV);
        rotary.RotateBack(pool, dQ, batch.Forest.Positions);
        rotary.RotateBack(pool, dK, batch.Forest.Positions);

        var normed = _normed.Resize(rows);
        RmsNorm.Forward(pool, a.Input.View, norm, config.RmsNormEps, normed);
        Linear(layer, LinearLayer.QProj, batch, normed, dQ, dNormed, gradients);
        Linear(layer, LinearLayer.KProj, batch, normed, dK, dNormed, gradients);
        Linear(layer, LinearLayer.VProj, batch, normed, dV, dNormed, gradients);
        RmsNorm.Backward(pool, a.Input.View, norm, config.RmsNormEps, dNormed, dx, gradients.Weights?.Blocks[layer].InputNorm.AsMatrix<T>());
    }

    private void Linear(int layer, LinearLayer target, Batch<T> batch, MatrixView<T> x, MatrixView<T> dy, MatrixView<T> dx, Gradients<T> gradients)
    {
        LinearBackwardInput.Run(pool, dy, weights.Blocks[layer][target], dx);
        LoraLinear.Backward(pool, batch.All, layer, target, x, dy, dx, gradients.Adapters);
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
