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
    private readonly List<TuningStep> _steps;

    public RunningJob(TuningJob job, ModelConfig config)
    {
        _job = job;
        Parameters = LoraParameters<T>.From(job.Initial, config);
        (Gradients, _first, _second) = (Parameters.Zeros(), Parameters.Zeros(), Parameters.Zeros());
        _steps = new List<TuningStep>(job.Recipe.Steps);
        Dropout = Parameters.Recipe.Dropout > 0 ? new Dropout(Parameters.Recipe.Dropout, job.Recipe.Seed) : null;
    }

    /// <summary>The adapter as it is now.</summary>
    public LoraParameters<T> Parameters { get; }

    /// <summary>The gradients of this step.</summary>
    public LoraParameters<T> Gradients { get; }

    /// <summary>Whether all steps are done.</summary>
    public bool IsDone => _steps.Count == _job.Recipe.Steps;

    /// <summary>The batch of the next step: its number in the epoch.</summary>
    public int NextBatch => BatchRows.Number(_job.Rows.Count, _job.Recipe.BatchSize, Step);

    /// <summary>Dropout on the adapter's inputs, at the step that <see cref="Begin"/> set; or null.</summary>
    public Dropout? Dropout { get; }

    private int Step => _steps.Count + 1;

    /// <summary>The rows of a batch.</summary>
    public IEnumerable<TuningRow> Rows(int batch) => BatchRows.Of(_job.Rows, _job.Recipe.BatchSize, batch);

    /// <summary>Makes ready for the next step: all gradients are zero.</summary>
    public void Begin()
    {
        if (Dropout is not null) Dropout.Step = Step;
        foreach (var matrix in Gradients.Matrices) matrix.View.Clear();
    }

    /// <summary>One update from the gradients.</summary>
    /// <param name="loss">The loss before it, in nats.</param>
    /// <param name="tokens">The tokens of the batch.</param>
    public void Update(double loss, int tokens)
    {
        TuningChecks.CheckLoss(_job.Name, Step, loss);
        double norm = GradientNorm.Of(Gradients.Matrices);
        var recipe = _job.Recipe;
        var settings = new AdamW.Settings(recipe.LearningRate, recipe.Beta1, recipe.Beta2, recipe.Epsilon, recipe.WeightDecay);
        for (int i = 0; i < Parameters.Matrices.Length; i++)
            AdamW.Update(Parameters.Matrices[i].Span, Gradients.Matrices[i].Span, _first.Matrices[i].Span, _second.Matrices[i].Span, Step, settings);
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
