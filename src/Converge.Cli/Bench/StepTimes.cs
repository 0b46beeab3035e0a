using System.Diagnostics;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>Times single updates of tunings, which report one after the other. The first, which allocates, does not count.</summary>
internal sealed class StepTimes : IProgress<long>
{
    private readonly List<double> _seconds = [];
    private long _last = Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public void Report(long value)
    {
        _seconds.Add(Stopwatch.GetElapsedTime(_last).TotalSeconds);
        _last = Stopwatch.GetTimestamp();
    }

    /// <summary>The time that one update of all jobs together takes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="jobs">Makes the jobs, of so many updates.</param>
    /// <param name="budget">How many updates.</param>
    /// <param name="cancellation">Stops between updates.</param>
    public static Timing Of(LanguageModel model, Func<int, TuningJob[]> jobs, TimingBudget budget, CancellationToken cancellation)
    {
        double first = Run(1)[0];
        int samples = (int)Math.Clamp(budget.MostTime.TotalSeconds / first, 1, budget.LeastSamples);
        return Timing.Of(Run(1 + samples)[1..]);

        double[] Run(int updates)
        {
            var times = new StepTimes();
            model.Tune(jobs(updates), times, cancellation);
            // Jobs that do not fit into memory together are tuned group after group: an update of all is the sum over the groups.
            return [.. Enumerable.Range(0, updates).Select(update => times._seconds.Where((_, i) => i % updates == update).Sum())];
        }
    }
}
