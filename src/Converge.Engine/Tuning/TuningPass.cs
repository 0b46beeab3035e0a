using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>
/// Forward and backward over some training rows. Where the kept activations of all blocks fit, they are kept; otherwise only the blocks' inputs are, and a
/// block runs forward once more before its backward pass: the same numbers, a third more work.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class TuningPass<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ModelConfig _config;
    private readonly LlamaWeights _weights;
    private readonly Block<T> _block;
    private readonly BlockBackward<T> _backward;
    private readonly OutputHead<T> _head;
    private readonly List<BlockActivations<T>> _kept = [];
    private readonly List<Matrix<T>> _inputs = [];
    private readonly Matrix<T> _x;
    private readonly Matrix<T> _dx;

    public TuningPass(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool)
    {
        (_config, _weights) = (config, weights);
        _block = new Block<T>(config, weights, rotary, pool);
        _backward = new BlockBackward<T>(config, weights, rotary, pool);
        _head = new OutputHead<T>(config, weights, pool);
        _x = new Matrix<T>(0, config.HiddenSize);
        _dx = new Matrix<T>(0, config.HiddenSize);
    }

    /// <summary>Adds the gradients of the mean cross-entropy over each owner's target tokens.</summary>
    /// <param name="batch">The rows, one segment each.</param>
    /// <param name="rows">The same rows; <paramref name="owners"/>[i] says whose mean row i counts to.</param>
    /// <param name="owners">For each row, the index of its owner.</param>
    /// <param name="gradients">Where gradients are added.</param>
    /// <param name="recompute">Whether blocks run forward a second time rather than being kept.</param>
    /// <returns>The mean loss of each owner, in nats; owners without rows have none (NaN).</returns>
    public double[] Run(Batch<T> batch, IReadOnlyList<TuningRow> rows, int[] owners, Gradients<T> gradients, bool recompute)
    {
        var (targetRows, targets, targetOwners) = Targets(batch.Forest, rows, owners);
        int count = owners.Length == 0 ? 0 : owners.Max() + 1;
        var targetsOf = new int[count];
        foreach (int owner in targetOwners) targetsOf[owner]++;

        var x = _x.Resize(batch.Tokens);
        EmbeddingTable.Forward(_weights.Embedding, batch.Forest.Tokens, x);
        for (int layer = 0; layer < _config.Layers; layer++) Forward(layer, batch, x, recompute);

        var dx = _dx.Resize(batch.Tokens);
        dx.Clear();
        double[] losses = _head.Backward(x, targetRows, targets, [.. targetOwners.Select(owner => 1.0 / targetsOf[owner])], dx, gradients.Weights);
        for (int layer = _config.Layers - 1; layer >= 0; layer--) _backward.Run(layer, batch, Activations(layer, batch, x, recompute), dx, gradients);
        if (gradients.Weights is not null) EmbeddingTable.Backward(dx, batch.Forest.Tokens, gradients.Weights.Embedding.AsMatrix<T>());

        var means = new double[count];
        for (int i = 0; i < losses.Length; i++) means[targetOwners[i]] += losses[i];
        for (int owner = 0; owner < count; owner++) means[owner] /= targetsOf[owner];
        return means;
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

    // Token t of a row is predicted by the state of token t - 1.
    private static (int[] Rows, int[] Tokens, int[] Owners) Targets(PromptForest forest, IReadOnlyList<TuningRow> rows, int[] owners)
    {
        var (at, tokens, of) = (new List<int>(), new List<int>(), new List<int>());
        for (int i = 0; i < rows.Count; i++)
        {
            int[] path = forest.Rows(i);
            for (int t = rows[i].LossFrom; t < rows[i].Tokens.Length; t++)
            {
                at.Add(path[t - 1]);
                tokens.Add(rows[i].Tokens[t]);
                of.Add(owners[i]);
            }
        }
        return ([.. at], [.. tokens], [.. of]);
    }
}
