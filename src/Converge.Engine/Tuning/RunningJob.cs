using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>A LoRA tuning under way: parameters, gradients, moments and the steps so far.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class RunningJob<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly TuningJob _job;
    private readonly LoraParameters<T> _first;
    private readonly LoraParameters<T> _second;
    private readonly List<TuningStep> _steps = [];

    public RunningJob(TuningJob job, ModelConfig config)
    {
        _job = job;
        Parameters = LoraParameters<T>.From(job.Initial, config);
        (Gradients, _first, _second) = (Parameters.Zeros(), Parameters.Zeros(), Parameters.Zeros());
    }

    /// <summary>The adapter as it is now.</summary>
    public LoraParameters<T> Parameters { get; }

    /// <summary>The gradients of this step.</summary>
    public LoraParameters<T> Gradients { get; }

    /// <summary>Whether all steps are done.</summary>
    public bool IsDone => _steps.Count == _job.Recipe.Steps;

    private int Step => _steps.Count + 1;

    /// <summary>The rows of the next step.</summary>
    public IEnumerable<TuningRow> NextRows() => BatchRows.Of(_job.Rows, _job.Recipe.BatchSize, Step);

    /// <summary>The dropout of the next step, or null.</summary>
    public Dropout? NextDropout() => Parameters.Recipe.Dropout > 0 ? new Dropout(Parameters.Recipe.Dropout, _job.Recipe.Seed, Step) : null;

    /// <summary>Sets all gradients to zero.</summary>
    public void ClearGradients()
    {
        foreach (var matrix in Gradients.Matrices) matrix.Span.Clear();
    }

    /// <summary>One update from the gradients, whose loss was <paramref name="loss"/>.</summary>
    public void Update(double loss)
    {
        TuningChecks.CheckLoss(_job.Name, Step, loss);
        int tokens = NextRows().Sum(row => row.Tokens.Length);
        double norm = GradientNorm.Of(Gradients.Matrices);
        var recipe = _job.Recipe;
        var settings = new AdamW.Settings(recipe.LearningRate, recipe.Beta1, recipe.Beta2, recipe.Epsilon, recipe.WeightDecay);
        foreach (var (((parameters, gradients), first), second) in Parameters.Matrices.Zip(Gradients.Matrices).Zip(_first.Matrices).Zip(_second.Matrices))
            AdamW.Update(parameters.Span, gradients.Span, first.Span, second.Span, Step, settings);
        _steps.Add(new TuningStep(Step, loss, norm, recipe.LearningRate, tokens));
    }

    /// <summary>The adapter and the steps.</summary>
    public TuningResult Result(int layers) => new(Parameters.ToAdapter(layers), [.. _steps]);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameters in new[] { Parameters, Gradients, _first, _second }) parameters.Dispose();
    }
}
