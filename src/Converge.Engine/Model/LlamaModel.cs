using System.Collections.Concurrent;
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
        return mode == ComputeMode.F64 ? new LlamaModel<double>(checkpoint.Config, checkpoint.Weights, threads, plan) : new LlamaModel<float>(checkpoint.Config, checkpoint.Weights, threads, plan, mode.Products());
    }

    /// <summary>A model that computes from weights in memory. It does not own them: dispose of the model first.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="mode">The arithmetic.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="memory">How much memory it takes beside the weights; null: as much as it likes.</param>
    public static LanguageModel Load(ModelConfig config, LlamaWeights weights, ComputeMode mode, int threads, MemoryPlan? memory = null)
    {
        if (memory is { Streams: true }) throw new ArgumentException("weights in memory are not read from a file", nameof(memory));
        return mode == ComputeMode.F64 ? new LlamaModel<double>(config, weights, threads, memory) : new LlamaModel<float>(config, weights, threads, memory, mode.Products());
    }
}

/// <summary>A Llama-family model in one arithmetic.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class LlamaModel<T> : LanguageModel where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly LlamaWeights _weights;
    private readonly MemoryPlan _memory;
    private readonly WeightStream _stream;
    private readonly WorkPool _pool;
    private readonly Products _products;
    private readonly Rotary<T> _rotary;
    private readonly ConcurrentBag<ForwardPass<T>> _idle = [];

    public LlamaModel(ModelConfig config, LlamaWeights weights, int threads, MemoryPlan? memory = null, Products products = Products.Exact)
    {
        _products = products;
        Config = config;
        (_weights, _memory) = (weights, memory ?? MemoryPlan.Unlimited);
        _stream = _memory.Streams ? WeightStream.Of(weights) : WeightStream.None;
        _pool = new WorkPool(threads);
        _rotary = new Rotary<T>(RotaryFrequencies.Of(config), config.MaxPositions);
    }

    /// <inheritdoc/>
    public override ModelConfig Config { get; }

    /// <summary>The threads of every pass.</summary>
    internal WorkPool Pool => _pool;

    /// <summary>Tokens that one pass takes at most.</summary>
    internal int TokensPerPass => _memory.TokensPerPass<T>(Config);

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
        var forward = Lend();
        try
        {
            var states = new List<ExactStates<T>>(prompts.Count);
            var scores = new double[request.Continuations.Count];
            long done = 0;
            foreach (var range in PassRanges.Of(prompts, TokensPerPass))
            {
                var pass = new CapturePass<T>(Config, prompts, request, range, parameters);
                long before = done, tokens = prompts.Skip(range.First).Take(range.Count).Sum(prompt => (long)prompt.Tokens.Length);
                forward.Run(pass, scores, cancellation, layers => progress?.Report(before + tokens * layers / Config.Layers));
                states.AddRange(pass.States);
                done += tokens;
            }
            CheckFinite(prompts, states);
            return (states, scores);
        }
        finally
        {
            Return(forward);
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
        var forward = Lend();
        try
        {
            request = request with { MaxNewTokens = Math.Min(request.MaxNewTokens, Config.MaxPositions) };
            var decoder = new GreedyDecoder<T>(Config, _weights, forward, _stream);
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
            Return(forward);
            parameters.ForEach(adapter => adapter.Dispose());
        }
    }

    /// <inheritdoc/>
    public override WeightReading? Reading => _stream.Reading;

    /// <inheritdoc/>
    public override IReadOnlyList<TuningResult> Tune(IReadOnlyList<TuningJob> jobs, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        new LoraTuner<T>(Config, _weights, _rotary, _pool, _memory, _stream, _products).Run(jobs, progress, cancellation);

    /// <inheritdoc/>
    public override IReadOnlyList<TuningStep> TuneFully(
        IReadOnlyList<TuningRow> rows, TuningRecipe recipe, Action<LanguageModel> use, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        using var tuner = new FullTuner<T>(Config, _weights, rows, recipe, _pool.Threads, _memory.ForFullTuning<T>(Config), _products);
        tuner.RunAll(progress, cancellation);
        using var tuned = new LlamaModel<T>(Config, tuner.Parameters.Weights, _pool.Threads, _memory with { Streams = false }, _products);
        use(tuned);
        return tuner.Steps;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_memory.Streams) _stream.Dispose();
        foreach (var pass in _idle) pass.Dispose();
        _rotary.Dispose();
        _pool.Dispose();
    }

    /// <summary>A pass to run, with its memory; <see cref="Return"/> hands it back. Callers at the same time have one each.</summary>
    internal ForwardPass<T> Lend() => _idle.TryTake(out var pass) ? pass : new ForwardPass<T>(Config, _weights, _rotary, _pool, _stream, _products);

    /// <summary>Hands back what <see cref="Lend"/> gave.</summary>
    internal void Return(ForwardPass<T> pass) => _idle.Add(pass);

    private static void CheckFinite(IReadOnlyList<Prompt> prompts, List<ExactStates<T>> states)
    {
        for (int i = 0; i < states.Count; i++)
            if (!Array.TrueForAll(states[i].FinalNorm, T.IsFinite))
                throw new BadInputException($"prompt '{prompts[i].Id}'", "its last state is not finite", "Check the checkpoint's weights with 'converge inspect'; try --compute f64");
    }
}
