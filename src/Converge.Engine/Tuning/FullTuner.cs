using System.Numerics;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>Tunes all weights of a model.</summary>
public static class FullTuner
{
    /// <summary>
    /// Tunes a copy of a checkpoint's weights, in memory (four times the parameters: weights, gradients, two moments), and hands the result to
    /// <paramref name="save"/> while it is alive.
    /// </summary>
    /// <param name="checkpoint">The start.</param>
    /// <param name="rows">The data; at least one row.</param>
    /// <param name="recipe">The optimiser.</param>
    /// <param name="mode">The arithmetic of passes and parameters.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="memory">How much memory it takes.</param>
    /// <param name="save">Receives the tuned weights, as views that are valid during the call.</param>
    /// <param name="progress">Told the number of tokens done so far, if given.</param>
    /// <param name="cancellation">Stops between steps; nothing is saved.</param>
    /// <returns>All updates.</returns>
    /// <exception cref="BadInputException">A row cannot be used, the loss is not finite, or memory is too short.</exception>
    public static IReadOnlyList<TuningStep> Run(
        Checkpoint checkpoint, IReadOnlyList<TuningRow> rows, TuningRecipe recipe, ComputeMode mode, int threads, MemoryPlan memory, Action<LlamaWeights> save,
        IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        return mode == ComputeMode.F64 ? Run<double>() : Run<float>();

        IReadOnlyList<TuningStep> Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            using var tuner = new FullTuner<T>(checkpoint.Config, checkpoint.Weights, rows, recipe, threads, memory.ForFullTuning<T>(checkpoint.Config), mode.Products());
            tuner.RunAll(progress, cancellation);
            save(tuner.Parameters.Weights);
            return tuner.Steps;
        }
    }
}

/// <summary>A full tuning under way.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class FullTuner<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly IReadOnlyList<TuningRow> _rows;
    private readonly TuningRecipe _recipe;
    private readonly WeightTrainer<T> _trainer;
    private readonly Dictionary<int, (Batch<T> Batch, OwnedTargets Targets)> _batches = [];
    private readonly List<TuningStep> _steps = [];
    private long _tokens;

    public FullTuner(ModelConfig config, LlamaWeights weights, IReadOnlyList<TuningRow> rows, TuningRecipe recipe, int threads, MemoryPlan? memory = null, Products products = Products.Exact)
    {
        TuningChecks.Check("full tuning", rows, recipe, config);
        (_rows, _recipe) = (rows, recipe);
        _trainer = new WeightTrainer<T>(config, ModelParameters<T>.CopyOf(config, weights), threads, memory, products);
    }

    /// <summary>The weights as they are now.</summary>
    public ModelParameters<T> Parameters => _trainer.Parameters;

    /// <summary>The gradients of the last step.</summary>
    public ModelParameters<T> Gradients => _trainer.Gradients;

    /// <summary>All updates so far.</summary>
    public IReadOnlyList<TuningStep> Steps => _steps;

    /// <summary>Whether all steps are done.</summary>
    public bool IsDone => _steps.Count == _recipe.Steps;

    /// <summary>All updates that are left; tells the tokens done so far.</summary>
    public void RunAll(IProgress<long>? progress, CancellationToken cancellation)
    {
        long tokens = 0;
        while (!IsDone)
        {
            cancellation.ThrowIfCancellationRequested();
            Step();
            tokens += _steps[^1].Tokens;
            progress?.Report(tokens);
        }
    }

    /// <summary>One update.</summary>
    public void Step()
    {
        int step = _steps.Count + 1;
        var (batch, targets) = NextBatch(BatchRows.Number(_rows.Count, _recipe.BatchSize, step));
        _trainer.Differentiate(batch, targets.Targets, targets.Losses);
        targets.TakeMeans();
        double loss = targets.Means[0];
        TuningChecks.CheckLoss("full tuning", step, loss);
        var settings = new AdamW.Settings(_recipe.LearningRate, _recipe.Beta1, _recipe.Beta2, _recipe.Epsilon, _recipe.WeightDecay);
        double norm = _trainer.Update(step, settings, settings);
        _steps.Add(new TuningStep(step, loss, norm, _recipe.LearningRate, batch.Tokens));
    }

    // What comes again every epoch is made once.
    private (Batch<T> Batch, OwnedTargets Targets) NextBatch(int number)
    {
        if (_batches.TryGetValue(number, out var known)) return known;
        var rows = BatchRows.Of(_rows, _recipe.BatchSize, number).ToList();
        var forest = PromptForest.Of([.. rows.Select(row => (row.Tokens, -1))], share: false);
        var batch = (new Batch<T>(forest, []), new OwnedTargets(forest, rows, new int[rows.Count]));
        _tokens += forest.Tokens.Length;
        if (_tokens <= RunningJobs<T>.MostTokens) _batches[number] = batch;
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose() => _trainer.Dispose();
}
