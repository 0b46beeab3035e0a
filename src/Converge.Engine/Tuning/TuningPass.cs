using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>
/// Forward and backward over some training sequences. The activations of as many blocks as fit are kept, of the last ones; of the others only their inputs are,
/// and such a block runs forward once more before its backward pass: the same numbers, up to a third more work.
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
    private readonly Workspace<T> _workspace;
    private PredictingRows<T>? _predicting;

    public TuningPass(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool, WeightStream? stream = null, Products products = Products.Exact)
    {
        (_config, _weights, _stream) = (config, weights, stream ?? WeightStream.None);
        _workspace = new Workspace<T>(config);
        _block = new Block<T>(config, weights, rotary, pool, _workspace, products);
        _backward = new BlockBackward<T>(config, weights, rotary, pool, _workspace, products);
        _head = new OutputHead<T>(config, weights, pool, _workspace.Head, products);
    }

    /// <summary>Adds the gradients of the targets' cross-entropies, each times its factor.</summary>
    /// <param name="batch">The sequences.</param>
    /// <param name="targets">What is predicted where, and how much it counts.</param>
    /// <param name="gradients">Where gradients are added.</param>
    /// <param name="kept">The number of blocks, the last ones, whose activations are kept, at least 1; the others run forward a second time.</param>
    /// <param name="losses">The cross-entropy of each target, in nats, without its factor, goes here.</param>
    public void Run(Batch<T> batch, LossTargets targets, Gradients<T> gradients, int kept, Memory<double> losses)
    {
        var x = _workspace.Stream.Resize(batch.Tokens);
        EmbeddingTable.Forward(_weights.Embedding, batch.Forest.Tokens, x);
        if (_predicting?.Batch != batch || _predicting.Targets != targets) _predicting = PredictingRows<T>.Of(batch, targets);
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            // The backward pass begins with the last block, and the next step with the first.
            _stream.Begin(layer, layer < _config.Layers - 1 ? layer + 1 : layer - 1);
            Forward(layer, batch, x, kept);
            if (layer < _config.Layers - 1) _stream.Release(layer);
        }

        var dx = _workspace.StreamGradient.Resize(batch.Tokens);
        dx.Clear();
        _head.Backward(x, targets.Rows, targets.Tokens, targets.Factors, dx, gradients.Weights, losses);
        // Frozen weights below the lowest adapter want no gradient.
        int lowest = gradients.Weights is null ? LowestAdapted(batch) : 0;
        for (int layer = _config.Layers - 1; layer >= lowest; layer--)
        {
            _stream.Begin(layer, layer - 1);
            bool wantsInput = layer > lowest || gradients.Weights is not null;
            if (IsPruned(layer)) _backward.RunRows(layer, batch, _predicting.Rows, _predicting.Set, Slot(kept), dx, gradients, wantsInput);
            else _backward.Run(layer, batch, Activations(layer, batch, x, kept), dx, gradients, wantsInput);
            if (layer > 0) _stream.Release(layer);
        }
        if (gradients.Weights is not null) EmbeddingTable.Backward(dx, batch.Forest.Tokens, gradients.Weights.Embedding.AsMatrix<T>());
    }

    /// <summary>The cross-entropy of each target, in nats, without any gradient.</summary>
    public double[] Losses(Batch<T> batch, LossTargets targets)
    {
        var x = _workspace.Stream.Resize(batch.Tokens);
        EmbeddingTable.Forward(_weights.Embedding, batch.Forest.Tokens, x);
        for (int layer = 0; layer < _config.Layers - 1; layer++) _block.Forward(layer, batch, x, _workspace.Block, keep: false);
        var predicting = PredictingRows<T>.Of(batch, targets);
        _block.ForwardRows(_config.Layers - 1, batch, predicting.Rows, predicting.Set, x, _workspace.Block);
        var losses = new double[targets.Rows.Length];
        _head.LogProbabilities(x, targets.Rows, targets.Tokens, losses);
        for (int i = 0; i < losses.Length; i++) losses[i] = -losses[i];
        return losses;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.ForEach(activations => activations.Dispose());
        _inputs.ForEach(input => input.Dispose());
        _backward.Dispose();
        _workspace.Dispose();
    }

    private int LowestAdapted(Batch<T> batch)
    {
        for (int layer = 0; layer < _config.Layers; layer++)
            for (int target = 0; target < LinearLayers.All.Count; target++)
                if (batch.All.Adapts(layer, (LinearLayer)target)) return layer;
        return _config.Layers;
    }

    // Of the last block only the rows that predict something are wanted.
    private bool IsPruned(int layer) => layer == _config.Layers - 1 && !_predicting!.AreAll;

    // Kept blocks have a slot each from the second on; the first is for those that are computed again.
    private void Forward(int layer, Batch<T> batch, MatrixView<T> x, int kept)
    {
        int above = layer - (_config.Layers - kept);
        if (IsPruned(layer))
        {
            _block.ForwardRows(layer, batch, _predicting!.Rows, _predicting.Set, x, Slot(kept), keep: true);
            return;
        }
        if (above >= 0)
        {
            _block.Forward(layer, batch, x, Slot(1 + above), keep: true);
            return;
        }
        if (_inputs.Count == layer) _inputs.Add(new Matrix<T>(0, _config.HiddenSize));
        _inputs[layer].Resize(x.Rows).CopyFrom(x);
        _block.Forward(layer, batch, x, _workspace.Block, keep: false);
    }

    private BlockActivations<T> Activations(int layer, Batch<T> batch, MatrixView<T> x, int kept)
    {
        int above = layer - (_config.Layers - kept);
        if (above >= 0) return Slot(1 + above);
        x.CopyFrom(_inputs[layer].View);
        _block.Forward(layer, batch, x, Slot(0), keep: true);
        return Slot(0);
    }

    private BlockActivations<T> Slot(int index)
    {
        while (_kept.Count <= index) _kept.Add(new BlockActivations<T>(_config));
        return _kept[index];
    }
}
