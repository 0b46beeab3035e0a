using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>
/// Forward and backward over some training sequences. Where the kept activations of all blocks fit, they are kept; otherwise only the blocks' inputs are, and a
/// block runs forward once more before its backward pass: the same numbers, a third more work.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class TuningPass<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ModelConfig _config;
    private readonly LlamaWeights _weights;
    private readonly WeightStream _stream;
    private readonly Block<T> _block;
    private readonly BlockBackward<T> _backward;
    private readonly OutputHead<T> _head;
    private readonly List<BlockActivations<T>> _kept = [];
    private readonly List<Matrix<T>> _inputs = [];
    private readonly Matrix<T> _x;
    private readonly Matrix<T> _dx;

    public TuningPass(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool, WeightStream? stream = null)
    {
        (_config, _weights, _stream) = (config, weights, stream ?? WeightStream.None);
        _block = new Block<T>(config, weights, rotary, pool);
        _backward = new BlockBackward<T>(config, weights, rotary, pool);
        _head = new OutputHead<T>(config, weights, pool);
        _x = new Matrix<T>(0, config.HiddenSize);
        _dx = new Matrix<T>(0, config.HiddenSize);
    }

    /// <summary>Adds the gradients of the targets' cross-entropies, each times its factor.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="targets">What is predicted where, and how much it counts.</param>
    /// <param name="gradients">Where gradients are added.</param>
    /// <param name="recompute">Whether blocks run forward a second time rather than being kept.</param>
    /// <returns>The cross-entropy of each target, in nats, without its factor.</returns>
    public double[] Run(Batch<T> batch, LossTargets targets, Gradients<T> gradients, bool recompute)
    {
        var x = _x.Resize(batch.Tokens);
        EmbeddingTable.Forward(_weights.Embedding, batch.Forest.Tokens, x);
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            _stream.Read(layer + 1);
            Forward(layer, batch, x, recompute);
            // The backward pass begins with the last block, and the next step with the first.
            if (layer < _config.Layers - 1) _stream.Release(layer);
        }

        var dx = _dx.Resize(batch.Tokens);
        dx.Clear();
        double[] losses = _head.Backward(x, targets.Rows, targets.Tokens, targets.Factors, dx, gradients.Weights);
        for (int layer = _config.Layers - 1; layer >= 0; layer--)
        {
            _stream.Read(layer - 1);
            _backward.Run(layer, batch, Activations(layer, batch, x, recompute), dx, gradients);
            if (layer > 0) _stream.Release(layer);
        }
        if (gradients.Weights is not null) EmbeddingTable.Backward(dx, batch.Forest.Tokens, gradients.Weights.Embedding.AsMatrix<T>());
        return losses;
    }

    /// <summary>The cross-entropy of each target, in nats, without any gradient.</summary>
    public double[] Losses(Batch<T> batch, LossTargets targets)
    {
        var x = _x.Resize(batch.Tokens);
        EmbeddingTable.Forward(_weights.Embedding, batch.Forest.Tokens, x);
        for (int layer = 0; layer < _config.Layers; layer++) _block.Forward(layer, batch, x, Slot(0), keep: false);
        return [.. _head.LogProbabilities(x, targets.Rows, targets.Tokens).Select(logProbability => -logProbability)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.ForEach(activations => activations.Dispose());
        _inputs.ForEach(input => input.Dispose());
        _backward.Dispose();
        _x.Dispose();
        _dx.Dispose();
    }

    private void Forward(int layer, Batch<T> batch, MatrixView<T> x, bool recompute)
    {
        if (recompute)
        {
            if (_inputs.Count == layer) _inputs.Add(new Matrix<T>(0, _config.HiddenSize));
            _inputs[layer].Resize(x.Rows).CopyFrom(x);
        }
        _block.Forward(layer, batch, x, Slot(recompute ? 0 : layer), keep: !recompute);
    }

    private BlockActivations<T> Activations(int layer, Batch<T> batch, MatrixView<T> x, bool recompute)
    {
        if (!recompute) return _kept[layer];
        x.CopyFrom(_inputs[layer].View);
        _block.Forward(layer, batch, x, _kept[0], keep: true);
        return _kept[0];
    }

    private BlockActivations<T> Slot(int index)
    {
        if (_kept.Count == index) _kept.Add(new BlockActivations<T>(_config));
        return _kept[index];
    }
}
