using System.Numerics;
using Converge.Engine.Capture;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>
/// A pass without gradients with all that it computes in, to be used again: after the largest pass nothing is allocated for layers or tokens. One pass at a time.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class ForwardPass<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ModelConfig _config;
    private readonly LlamaWeights _weights;
    private readonly WorkPool _pool;
    private readonly WeightStream _stream;
    private readonly AttentionReadout<T> _attention;

    public ForwardPass(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool, WeightStream stream, Products products)
    {
        (_config, _weights, _pool, _stream) = (config, weights, pool, stream);
        Workspace = new Workspace<T>(config);
        Block = new Block<T>(config, weights, rotary, pool, Workspace, products);
        Head = new OutputHead<T>(config, weights, pool, Workspace.Head, products);
        _attention = new AttentionReadout<T>(config, weights, Block, pool);
    }

    /// <summary>The matrices.</summary>
    public Workspace<T> Workspace { get; }

    /// <summary>Runs blocks.</summary>
    public Block<T> Block { get; }

    /// <summary>Runs the output head.</summary>
    public OutputHead<T> Head { get; }

    /// <summary>Runs all layers, and leaves what is asked for in <paramref name="pass"/> and <paramref name="scores"/>.</summary>
    /// <param name="pass">The prompts, and what is kept of them.</param>
    /// <param name="scores">The log-probabilities of the request's continuations.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <param name="afterLayer">Told the number of layers done.</param>
    public void Run(CapturePass<T> pass, double[] scores, CancellationToken cancellation, Action<int>? afterLayer = null)
    {
        var (batch, activations) = (pass.Batch, Workspace.Block);
        var x = Workspace.Stream.Resize(batch.Tokens);
        EmbeddingTable.Forward(_weights.Embedding, batch.Forest.Tokens, x);
        var attention = new AttentionCapture<T>(pass, _attention, _pool);
        pass.KeepLayer(0, x);
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            _stream.Begin(layer, layer + 1);
            attention.Before(layer, x);
            // Of the last block only the rows that are kept or scored are wanted.
            int[]? wanted = layer == _config.Layers - 1 ? pass.FinalRows : null;
            if (wanted is null) Block.Forward(layer, batch, x, activations, keep: false);
            else Block.ForwardRows(layer, batch, wanted, pass.FinalSet, x, activations);
            attention.After(layer, wanted, activations);
            pass.KeepLayer(layer + 1, x);
            _stream.Release(layer);
            afterLayer?.Invoke(layer + 1);
        }
        pass.Finish(Head, x, scores);
    }

    /// <inheritdoc/>
    public void Dispose() => Workspace.Dispose();
}
