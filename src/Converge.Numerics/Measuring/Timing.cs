using System.Diagnostics;

namespace Converge.Numerics;

/// <summary>How often and how long work is timed.</summary>
/// <param name="LeastSamples">Samples to take, unless <paramref name="MostTime"/> is over before.</param>
/// <param name="LeastTime">Samples are taken for at least this long.</param>
/// <param name="MostTime">No further sample is begun after this long; a single run that takes longer is the only sample.</param>
public readonly record struct TimingBudget(int LeastSamples, TimeSpan LeastTime, TimeSpan MostTime);

/// <summary>The durations of the same work, done several times.</summary>
public sealed class Timing
{
    private const int MostSamples = 100_000;
    private readonly double[] _sorted;

    private Timing(double[] sorted)
    {
        _sorted = sorted;
    }

    /// <summary>The number of samples, at least one.</summary>
    public int Samples => _sorted.Length;

    /// <summary>The median, in seconds.</summary>
    public double Median => Quantile(0.5);

    /// <summary>The duration, in seconds, that a share of the samples stays within; between two samples, in proportion.</summary>
    /// <param name="share">From 0, the shortest, to 1, the longest.</param>
    public double Quantile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        double at = share * (_sorted.Length - 1);
        int below = (int)at, above = Math.Min(below + 1, _sorted.Length - 1);
        return _sorted[below] + (at - below) * (_sorted[above] - _sorted[below]);
    }

    /// <summary>The timing of durations taken elsewhere.</summary>
    /// <param name="seconds">At least one duration, in seconds.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Timing Of(IEnumerable<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        if (sorted.Length == 0) throw new ArgumentException("there is no duration", nameof(seconds));
        return new Timing(sorted);
    }

    /// <summary>Times <paramref name="work"/>. Its first run, which compiles code and touches memory, does not count unless it alone uses the budget up.</summary>
    /// <exception cref="OperationCanceledException">Between two runs, after <paramref name="cancellation"/>.</exception>
    public static Timing Of(Action work, TimingBudget budget, CancellationToken cancellation = default)
    {
        double first = Seconds(work);
        if (first >= budget.MostTime.TotalSeconds) return new Timing([first]);
        var samples = new List<double>();
        var clock = Stopwatch.StartNew();
        do
        {
            cancellation.ThrowIfCancellationRequested();
            samples.Add(Seconds(work));
        }
        while (clock.Elapsed < budget.MostTime && samples.Count < MostSamples && (samples.Count < budget.LeastSamples || clock.Elapsed < budget.LeastTime));
        return Of(samples);
    }

    private static double Seconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
