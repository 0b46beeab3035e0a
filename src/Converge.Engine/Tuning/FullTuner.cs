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
    /// <param name="save">Receives the tuned weights, as views that are valid during the call.</param>
    /// <param name="progress">Told the number of tokens done so far, if given.</param>
    /// <param name="cancellation">Stops between steps; nothing is saved.</param>
    /// <returns>All updates.</returns>
    /// <exception cref="BadInputException">A row cannot be used, or the loss is not finite.</exception>
    public static IReadOnlyList<TuningStep> Run(
        Checkpoint checkpoint, IReadOnlyList<TuningRow> rows, TuningRecipe recipe, ComputeMode mode, int threads, Action<LlamaWeights> save,
        IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        return mode == ComputeMode.F64 ? Run<double>() : Run<float>();

        IReadOnlyList<TuningStep> Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            using var tuner = new FullTuner<T>(checkpoint.Config, checkpoint.Weights, rows, recipe, threads);
            long tokens = 0;
            while (!tuner.IsDone)
            {
                cancellation.ThrowIfCancellationRequested();
                tuner.Step();
                tokens += tuner.Steps[^1].Tokens;
                progress?.Report(tokens);
            }
            save(tuner.Parameters.Weights);
            return tuner.Steps;
        }
    }
}

/// <summary>A full tuning under way.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class FullTuner<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    // Activations stay within this, or a block runs forward twice.
    private const long KeptBytes = 6L << 30;

    private readonly ModelConfig _config;
    private readonly IReadOnlyList<TuningRow> _rows;
    private readonly TuningRecipe _recipe;
    private readonly WorkPool _pool;
    private readonly Rotary<T> _rotary;
    private readonly ModelParameters<T> _first;
    private readonly ModelParameters<T> _second;
    private readonly TuningPass<T> _pass;
    private readonly List<TuningStep> _steps = [];

    public FullTuner(ModelConfig config, LlamaWeights weights, IReadOnlyList<TuningRow> rows, TuningRecipe recipe, int threads)
    {
        TuningChecks.Check("full tuning", rows, recipe, config);
        (_config, _rows, _recipe) = (config, rows, recipe);
        Parameters = ModelParameters<T>.CopyOf(config, weights);
        (Gradients, _first, _second) = (new ModelParameters<T>(config), new ModelParameters<T>(config), new ModelParameters<T>(config));
        _pool = new WorkPool(threads);
        _rotary = new Rotary<T>(RotaryFrequencies.Of(config), config.MaxPositions);
        _pass = new TuningPass<T>(config, Parameters.Weights, _rotary, _pool);
    }

    /// <summary>The weights as they are now.</summary>
    public ModelParameters<T> Parameters { get; }

    /// <summary>The gradients of the last step.</summary>
    public ModelParameters<T> Gradients { get; }

    /// <summary>All updates so far.</summary>
    public IReadOnlyList<TuningStep> Steps => _steps;

    /// <summary>Whether all steps are done.</summary>
    public bool IsDone => _steps.Count == _recipe.Steps;

    /// <summary>One update.</summary>
    public void Step()
    {
        int step = _steps.Count + 1;
        var rows = BatchRows.Of(_rows, _recipe.BatchSize, step).ToList();
        foreach (var matrix in Gradients.Matrices) matrix.View.Clear();
        var batch = new Batch<T>(PromptForest.Of([.. rows.Select(row => (row.Tokens, -1))], share: false), []);
        bool recompute = batch.Tokens * BlockActivations<T>.BytesPerToken(_config) * _config.Layers > KeptBytes;
        double loss = _pass.Run(batch, rows, new int[rows.Count], new Gradients<T>([], Gradients.Weights), recompute)[0];
        TuningChecks.CheckLoss("full tuning", step, loss);

        double norm = GradientNorm.Of(Gradients.Matrices);
        var settings = new AdamW.Settings(_recipe.LearningRate, _recipe.Beta1, _recipe.Beta2, _recipe.Epsilon, _recipe.WeightDecay);
        string[] names = [.. Parameters.Names];
        _pool.For(names.Length, i =>
        {
            var (parameters, gradients, first, second) = (Parameters[names[i]], Gradients[names[i]], _first[names[i]], _second[names[i]]);
            for (int row = 0; row < parameters.Rows; row++)
                AdamW.Update<T>(parameters.View.Row(row), gradients.View.Row(row), first.View.Row(row), second.View.Row(row), step, settings);
        });
        _steps.Add(new TuningStep(step, loss, norm, _recipe.LearningRate, batch.Tokens));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pass.Dispose();
        foreach (var parameters in new[] { Parameters, Gradients, _first, _second }) parameters.Dispose();
        _rotary.Dispose();
        _pool.Dispose();
    }
}
