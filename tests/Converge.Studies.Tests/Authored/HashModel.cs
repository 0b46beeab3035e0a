using Converge.Engine.Capture;
using Converge.Engine.Generation;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Studies.Tests.Authored;

/// <summary>
/// Stands for a model where only bookkeeping is tested: states and adapters are hashes of what they may depend on, so that any mix-up of prompts,
/// adapters or rows shows. It can fail at a given capture, as a killed process would.
/// </summary>
internal sealed class HashModel(int failAtCapture = int.MaxValue, ulong weights = 0) : LanguageModel
{
    public override ModelConfig Config => TinyModel.Config;

    /// <summary>The number of units tuned.</summary>
    public int Tuned { get; private set; }

    /// <summary>The number of units of which all weights were tuned.</summary>
    public int FullyTuned { get; private set; }

    /// <summary>The number of captures.</summary>
    public int Captures { get; private set; }

    public override CapturedStates Capture(
        IReadOnlyList<Prompt> prompts, CaptureRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        if (++Captures >= failAtCapture) throw new InvalidOperationException("killed");
        cancellation.ThrowIfCancellationRequested();
        Assert.Equal(prompts.Count, prompts.Select(prompt => prompt.Id).Distinct().Count());
        ulong Seed(Prompt prompt) => Hash(prompt.Tokens, weights + (prompt.Adapter < 0 ? 0 : Hash(adapters[prompt.Adapter])));
        int Kept(int prompt) => request.PositionLists?[prompt].Length ?? 1;
        progress?.Report(prompts.Sum(prompt => prompt.Tokens.Length));
        return new CapturedStates(
            [.. prompts.Select((prompt, i) => new PromptStates(Values(Seed(prompt), (Config.Layers + 1) * Kept(i) * Config.HiddenSize), Values(~Seed(prompt), Kept(i) * Config.HiddenSize)))],
            [.. request.Continuations.Select(continuation => -1 - 1e-19 * Hash(continuation.Tokens, Seed(prompts[continuation.Prompt])))]);
    }

    public override IReadOnlyList<GeneratedTokens> Generate(
        IReadOnlyList<Prompt> prompts, GenerationRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override IReadOnlyList<TuningResult> Tune(IReadOnlyList<TuningJob> jobs, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        Tuned += jobs.Count;
        return [.. jobs.Select(Tune)];
    }

    public override IReadOnlyList<TuningStep> TuneFully(
        IReadOnlyList<TuningRow> rows, TuningRecipe recipe, Action<LanguageModel> use, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        FullyTuned++;
        use(new HashModel(weights: rows.Aggregate(recipe.Seed + 1, (hash, row) => Hash([.. row.Tokens, row.LossFrom], hash))));
        return [.. Enumerable.Range(1, recipe.Steps).Select(step => new TuningStep(step, 1.0 / step, 0.1, recipe.LearningRate, 5))];
    }

    public override void Dispose()
    {
    }

    private TuningResult Tune(TuningJob job)
    {
        var seed = job.Rows.Aggregate(Hash(job.Initial) ^ job.Recipe.Seed, (hash, row) => Hash([.. row.Tokens, row.LossFrom], hash));
        var blocks = job.Initial.Blocks.Select(block =>
            (IReadOnlyDictionary<LinearLayer, LoraPair>)block.ToDictionary(entry => entry.Key, entry => entry.Value with { B = Values(seed, entry.Value.B.Length) }));
        var steps = Enumerable.Range(1, job.Recipe.Steps).Select(step => new TuningStep(step, Values(seed + (ulong)step, 1)[0] + 1 / 3.0, 0.1, job.Recipe.LearningRate, 5));
        return new TuningResult(job.Initial with { Blocks = [.. blocks] }, [.. steps]);
    }

    private static ulong Hash(LoraAdapter adapter) => adapter.Blocks.SelectMany(block => block.OrderBy(entry => entry.Key)).Aggregate(17UL, (hash, entry) =>
        Hash([.. entry.Value.A.Concat(entry.Value.B).Select(BitConverter.SingleToInt32Bits)], hash));

    private static ulong Hash(IEnumerable<int> values, ulong seed) => values.Aggregate(seed + 14695981039346656037, (hash, value) => (hash ^ (uint)value) * 1099511628211);

    private static float[] Values(ulong seed, int count) => [.. Enumerable.Range(0, count).Select(i => (float)Numerics.Philox.NormalAt(seed, 0, (ulong)i))];
}
