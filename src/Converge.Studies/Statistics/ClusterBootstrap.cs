using System.Collections.Concurrent;
using Converge.Numerics;

namespace Converge.Studies.Statistics;

/// <summary>
/// Confidence intervals and p-values for a mean over runs by the bootstrap clustered on runs: whole runs are drawn with replacement, with all their
/// queries. Every run weighs the same, so that a resample's statistic is the mean of the drawn runs' means.
///
/// The interval is the studentised one (bootstrap-t; Efron and Tibshirani 1993, "An Introduction to the Bootstrap", section 12.5): with the
/// quantiles q of t* = (m* - m) / se* over the resamples it is [m - q[high] se, m - q[low] se]. It follows a skewed population, as similarities near
/// 1 are, where percentile and Student intervals of few runs fall short. Where Student's interval is wider on a side, as with heavy tails, it counts there. The
/// interval is cut to the range of the values, as a cosine's should be; that costs coverage only below ten runs (docs/decisions/0004).
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
    public Interval? IntervalOfMean(IReadOnlyList<double> runMeans) => Of(runMeans)?.IntervalAt(options.Level);

    /// <summary>
    /// The interval of the mean of <paramref name="second"/> less that of <paramref name="first"/>, two samples of runs drawn apart from each other;
    /// null where either has fewer than <see cref="FewestRuns"/>. Runs that belong together are better compared by the mean of their differences.
    /// </summary>
    public Interval? IntervalOfDifference(IReadOnlyList<double> first, IReadOnlyList<double> second) => Of(first, second)?.IntervalAt(options.Level);

    /// <summary>
    /// The p-values of "the mean is <paramref name="threshold"/>": the share of resamples whose t* is at least, or at most, (m - threshold) / se (Efron and Tibshirani 1993,
    /// section 16.4); null with fewer than <see cref="FewestRuns"/>.
    /// </summary>
    public PValues? PValuesOfMean(IReadOnlyList<double> runMeans, double threshold) => Of(runMeans)?.PValuesAgainst(threshold);

    /// <summary>The same of "the mean of <paramref name="second"/> is that of <paramref name="first"/>", two samples drawn apart from each other.</summary>
    public PValues? PValuesOfDifference(IReadOnlyList<double> first, IReadOnlyList<double> second) => Of(first, second)?.PValuesAgainst(0);

    private StudentisedMean? Of(IReadOnlyList<double> runMeans)
    {
        if (runMeans.Count < FewestRuns) return null;
        var sample = new BootstrapSample(runMeans, CountsOf(runMeans.Count, 0));
        return new StudentisedMean(sample.Mean, sample.SquaredError, sample.Deviations, sample.SquaredErrors, sample.Lowest, sample.Highest, runMeans.Count - 1);
    }

    private StudentisedMean? Of(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count < FewestRuns || second.Count < FewestRuns) return null;
        BootstrapSample a = new(first, CountsOf(first.Count, 0)), b = new(second, CountsOf(second.Count, SecondSample));
        double[] deviations = [.. b.Deviations.Zip(a.Deviations, (x, y) => x - y)], errors = [.. b.SquaredErrors.Zip(a.SquaredErrors, (x, y) => x + y)];
        double error = a.SquaredError + b.SquaredError, degrees = error == 0 ? 1 : WelchTest.DegreesOfFreedom(a.SquaredError, first.Count, b.SquaredError, second.Count);
        return new StudentisedMean(b.Mean - a.Mean, error, deviations, errors, b.Lowest - a.Highest, b.Highest - a.Lowest, degrees);
    }

    private ResampleCounts CountsOf(int runs, ulong sample)
    {
        ulong stream = StreamOfBootstrap | sample | (uint)runs;
        return _counts.GetOrAdd(stream, key => new Lazy<ResampleCounts>(() => new ResampleCounts(options.Resamples, runs, new RandomStream(options.Seed, key)))).Value;
    }
}
