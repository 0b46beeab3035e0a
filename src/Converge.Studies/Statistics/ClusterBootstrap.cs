using System.Collections.Concurrent;
using Converge.Numerics;

namespace Converge.Studies.Statistics;

/// <summary>
/// Confidence intervals for a mean over runs by the bootstrap clustered on runs: whole runs are drawn with replacement, with all their
/// queries. Every run weighs the same, so that a resample's statistic is the mean of the drawn runs' means.
///
/// The interval is the studentised one (bootstrap-t; Efron and Tibshirani 1993, "An Introduction to the Bootstrap", section 12.5): with the
/// quantiles q of t* = (m* - m) / se* over the resamples it is [m - q[high] se, m - q[low] se]. It follows a skewed population, as similarities near
/// 1 are, where percentile and Student intervals of few runs fall short. It is cut to the range of the values, as a cosine's interval
/// should be; that costs coverage only below ten runs (docs/decisions/0004).
/// </summary>
/// <param name="options">Resamples, level and seed.</param>
public sealed class ClusterBootstrap(BootstrapOptions options)
{
    /// <summary>
    /// Below this number of runs there is no interval: even the whole range of four values covers the mean of a symmetric distribution only
    /// in 7 cases of 8.
    /// </summary>
    public const int FewestRuns = 5;

    // Keeps the resamples apart from every other use of the same seed; the second sample of a difference has draws of its own.
    private const ulong StreamOfBootstrap = 0x626F_6F74_0000_0000, SecondSample = 0x0000_0001_0000_0000;

    private readonly ConcurrentDictionary<ulong, Lazy<ResampleCounts>> _counts = new();

    /// <summary>
    /// The interval of the mean of <paramref name="runMeans"/>, or null with fewer than <see cref="FewestRuns"/>. All series with the same
    /// number of runs see the same resamples, so that the interval of a difference agrees with those of its terms.
    /// </summary>
    public Interval? IntervalOfMean(IReadOnlyList<double> runMeans)
    {
        if (runMeans.Count < FewestRuns) return null;
        var sample = new BootstrapSample(runMeans, CountsOf(runMeans.Count, 0));
        return Studentised(sample.Mean, sample.SquaredError, sample.Deviations, sample.SquaredErrors, sample.Lowest, sample.Highest);
    }

    /// <summary>
    /// The interval of the mean of <paramref name="second"/> less that of <paramref name="first"/>, two samples of runs drawn apart from each other;
    /// null where either has fewer than <see cref="FewestRuns"/>. Runs that belong together are better compared by the mean of their differences.
    /// </summary>
    public Interval? IntervalOfDifference(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count < FewestRuns || second.Count < FewestRuns) return null;
        BootstrapSample a = new(first, CountsOf(first.Count, 0)), b = new(second, CountsOf(second.Count, SecondSample));
        double[] deviations = [.. b.Deviations.Zip(a.Deviations, (x, y) => x - y)], errors = [.. b.SquaredErrors.Zip(a.SquaredErrors, (x, y) => x + y)];
        return Studentised(b.Mean - a.Mean, a.SquaredError + b.SquaredError, deviations, errors, b.Lowest - a.Highest, b.Highest - a.Lowest);
    }

    private Interval Studentised(double mean, double squaredError, double[] deviations, double[] squaredErrors, double lowest, double highest)
    {
        if (squaredError == 0) return new Interval(mean, mean);
        // A resample of equal values has no spread of its own: its t is without bound unless it hits the mean.
        const double NoSpread = 1e-12, Unbounded = 1e300;
        var t = new double[deviations.Length];
        for (int r = 0; r < t.Length; r++)
            t[r] = squaredErrors[r] > NoSpread * squaredError ? deviations[r] / Math.Sqrt(squaredErrors[r])
                : Math.Abs(deviations[r]) <= NoSpread * (highest - lowest) ? 0 : Math.CopySign(Unbounded, deviations[r]);
        Array.Sort(t);
        double tail = (1 - options.Level) / 2, error = Math.Sqrt(squaredError);
        return new Interval(
            Math.Clamp(mean - Quantile(t, 1 - tail) * error, lowest, highest),
            Math.Clamp(mean - Quantile(t, tail) * error, lowest, highest));
    }

    private ResampleCounts CountsOf(int runs, ulong sample)
    {
        ulong stream = StreamOfBootstrap | sample | (uint)runs;
        return _counts.GetOrAdd(stream, key => new Lazy<ResampleCounts>(() => new ResampleCounts(options.Resamples, runs, new RandomStream(options.Seed, key)))).Value;
    }

    // Linear interpolation between order statistics (Hyndman and Fan's type 7).
    private static double Quantile(double[] sorted, double probability)
    {
        double position = probability * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[^1];
    }
}
