using System.Numerics;
using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;
using Converge.Engine.Generation;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>Loads models.</summary>
public static class LlamaModel
{
    /// <summary>
    /// A model that computes with <paramref name="threads"/> threads from the weights of an open checkpoint. It does not own the checkpoint: dispose of the
    /// model first.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="mode">The arithmetic.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="memory">How much memory it takes; null: as much as the machine has.</param>
    public static LanguageModel Load(Checkpoint checkpoint, ComputeMode mode, int threads, MemoryPlan? memory = null)
    {
        var plan = memory ?? MemoryPlan.Of(checkpoint);
        return mode == ComputeMode.F64 ? new LlamaModel<double>(checkpoint.Config, checkpoint.Weights, threads, plan) : new LlamaModel<float>(checkpoint.Config, checkpoint.Weights, threads, plan);
    }

    /// <summary>A model that computes from weights in memory. It does not own them: dispose of the model first.</summary>
    public static LanguageModel Load(ModelConfig config, LlamaWeights weights, ComputeMode mode, int threads) =>
        mode == ComputeMode.F64 ? new LlamaModel<double>(config, weights, threads) : new LlamaModel<float>(config, weights, threads);
}

/// <summary>A Llama-family model in one arithmetic.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class LlamaModel<T> : LanguageModel where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LlamaWeights _weights;
    private readonly MemoryPlan _memory;
    private readonly WeightStream _stream;
    private readonly WorkPool _pool;
    private readonly Rotary<T> _rotary;
    private readonly Block<T> _block;
    private readonly AttentionReadout<T> _attention;
    private readonly OutputHead<T> _head;

    public LlamaModel(ModelConfig config, LlamaWeights weights, int threads, MemoryPlan? memory = null)
    {
        Config = config;
        (_weights, _memory) = (weights, memory ?? MemoryPlan.Unlimited);
        _stream = _memory.Streams ? WeightStream.Of(weights) : WeightStream.None;
        _pool = new WorkPool(threads);
        _rotary = new Rotary<T>(RotaryFrequencies.Of(config), config.MaxPositions);
        _block = new Block<T>(config, weights, _rotary, _pool);
        _attention = new AttentionReadout<T>(config, weights, _block, _pool);
        _head = new OutputHead<T>(config, weights, _pool);
    }

    /// <inheritdoc/>
    public override ModelConfig Config { get; }

    /// <summary>The threads of every pass.</summary>
    internal WorkPool Pool => _pool;

    /// <summary>Tokens that one pass takes at most.</summary>
    internal int TokensPerPass => (int)Math.Clamp(_memory.PassActivations / BlockActivations<T>.BytesPerToken(Config), MemoryPlan.FewestTokens, 1 << 16);

    /// <inheritdoc/>
    public override CapturedStates Capture(
        IReadOnlyList<Prompt> prompts, CaptureRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var (states, scores) = CaptureExact(prompts, request, adapters, progress, cancellation);
        return new CapturedStates([.. states.Select(state => state.ToSingle())], scores);
    }

    /// <summary>As <see cref="Capture"/>, in the arithmetic of the pass.</summary>
    internal (IReadOnlyList<ExactStates<T>> States, double[] LogProbabilities) CaptureExact(
        IReadOnlyList<Prompt> prompts, CaptureRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        PromptChecks.Check(prompts, request, Config);
        var parameters = adapters.Select(adapter => LoraParameters<T>.From(adapter, Config)).ToList();
        try
        {
            var states = new List<ExactStates<T>>(prompts.Count);
            var scores = new double[request.Continuations.Count];
            long done = 0;
            foreach (var range in PassRanges.Of(prompts, TokensPerPass))
            {
                var pass = new CapturePass<T>(Config, prompts, request, range);
                Run(pass, parameters, scores, cancellation);
                states.AddRange(pass.States);
                for (int i = 0; i < range.Count; i++) done += prompts[range.First + i].Tokens.Length;
                progress?.Report(done);
            }
            CheckFinite(prompts, states);
            return (states, scores);
        }
        finally
        {
            parameters.ForEach(adapter => adapter.Dispose());
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<GeneratedTokens> Generate(
        IReadOnlyList<Prompt> prompts, GenerationRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.MaxNewTokens, 1);
        PromptChecks.Check(prompts, new CaptureRequest(), Config);
        var parameters = adapters.Select(adapter => LoraParameters<T>.From(adapter, Config)).ToList();
        try
        {
            request = request with { MaxNewTokens = Math.Min(request.MaxNewTokens, Config.MaxPositions) };
            var decoder = new GreedyDecoder<T>(Config, _weights, _block, _head, _stream);
            var generated = new List<GeneratedTokens>(prompts.Count);
            int most = (int)Math.Min(TokensPerPass, _memory.KeptActivations / KeyValueStore<T>.BytesPerToken(Config));
            foreach (var (first, count) in PassRanges.Of(prompts, most, request.MaxNewTokens))
            {
                generated.AddRange(decoder.Run([.. Enumerable.Range(first, count).Select(i => (i, prompts[i]))], request, parameters, cancellation));
                progress?.Report(generated.Count);
            }
            return generated;
        }
        finally
        {
            parameters.ForEach(adapter => adapter.Dispose());
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TuningResult> Tune(IReadOnlyList<TuningJob> jobs, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        new LoraTuner<T>(Config, _weights, _rotary, _pool, _memory, _stream).Run(jobs, progress, cancellation);

    /// <inheritdoc/>
    public override IReadOnlyList<TuningStep> TuneFully(
        IReadOnlyList<TuningRow> rows, TuningRecipe recipe, Action<LanguageModel> use, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        using var tuner = new FullTuner<T>(Config, _weights, rows, recipe, _pool.Threads);
        tuner.RunAll(progress, cancellation);
        using var tuned = new LlamaModel<T>(Config, tuner.Parameters.Weights, _pool.Threads);
        use(tuned);
        return tuner.Steps;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stream.Finish();
        _rotary.Dispose();
        _pool.Dispose();
    }

    private void Run(CapturePass<T> pass, List<LoraParameters<T>> adapters, double[] scores, CancellationToken cancellation)
    {
        var batch = new Batch<T>(pass.Forest, adapters);
        using var x = new Matrix<T>(batch.Tokens, Config.HiddenSize);
        using var activations = new BlockActivations<T>(Config);
        EmbeddingTable.Forward(_weights.Embedding, batch.Forest.Tokens, x.View);
        var attention = new AttentionCapture<T>(pass, batch, _attention, _pool);
        pass.KeepLayer(0, x.View);
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            _stream.Read(layer + 1);
            attention.Before(layer, x.View);
            // Of the last block only the rows that are kept or scored are wanted.
            int[]? wanted = layer == Config.Layers - 1 ? pass.FinalRows() : null;
            if (wanted is null) _block.Forward(layer, batch, x.View, activations, keep: false);
            else _block.ForwardRows(layer, batch, wanted, x.View, activations);
            attention.After(layer, wanted, activations);
            pass.KeepLayer(layer + 1, x.View);
            _stream.Release(layer);
        }
        pass.Finish(_head, x.View, scores);
    }

    private static void CheckFinite(IReadOnlyList<Prompt> prompts, List<ExactStates<T>> states)
    {
        for (int i = 0; i < states.Count; i++)
            if (!Array.TrueForAll(states[i].FinalNorm, T.IsFinite))
                throw new BadInputException($"prompt '{prompts[i].Id}'", "its last state is not finite", "Check the checkpoint's weights with 'converge inspect'; try --compute f64");
    }
}
