using Converge.Cli.Display;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>A measuring under way: where results go, and how it is shown and stopped.</summary>
internal sealed class BenchRun(BenchPlan plan, BenchResult result, ProgressCounter progress, CancellationToken cancellation)
{
    /// <summary>What is to be measured.</summary>
    public BenchPlan Plan { get; } = plan;

    /// <summary>Stops between two samples.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>The results so far.</summary>
    public BenchResult Result { get; } = result;

    /// <summary>Says what is being done.</summary>
    public void Show(string what)
    {
        Cancellation.ThrowIfCancellationRequested();
        progress.Phase = what;
    }

    /// <summary>Times a case and keeps the result.</summary>
    public Measurement Time(string section, string shape, string name, ElementType weights, ComputeMode compute, long tokens, double flops, long weightBytes, TimingBudget budget, Action work) =>
        Keep(section, shape, name, weights, compute, tokens, flops, weightBytes, () => Timing.Of(work, budget, Cancellation));

    /// <summary>Keeps a case whose timing comes from elsewhere.</summary>
    public Measurement Keep(string section, string shape, string name, ElementType weights, ComputeMode compute, long tokens, double flops, long weightBytes, Func<Timing> time)
    {
        Show($"{section}, {shape} {name}, {weights.ToString().ToLowerInvariant()} in {compute.ToString().ToLowerInvariant()}, {Quantities.Of(tokens, "token")}");
        var measurement = new Measurement(section, shape, name, weights, compute, tokens, flops, weightBytes, time());
        Result.Measurements.Add(measurement);
        return measurement;
    }
}
