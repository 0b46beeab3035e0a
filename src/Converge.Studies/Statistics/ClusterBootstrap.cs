using System.Collections.Concurrent;
using Converge.Numerics;
using MathNet.Numerics.Distributions;

namespace Converge.Studies.Statistics;

/// <summary>
/// Confidence intervals for a mean over runs by the bootstrap clustered on runs: whole runs are drawn with replacement, with all their
/// queries. Every run weighs the same, so that a resample's statistic is the mean of the drawn runs' means.
///
/// The interval is the percentile interval with its tail widened for few runs (Hesterberg 2015, "What Teachers Should Know About the
/// Bootstrap", section 5.3): the plain one is too short by the factor sqrt((n - 1) / n) and takes normal for Student quantiles, so the tail
/// probability becomes Phi(-sqrt(n / (n - 1)) t[(1 + level) / 2; n - 1]). It stays inside the range of the values, as a cosine's
/// interval should.
/// </summary>
/// <param name="options">Resamples, level and seed.</param>
public sealed class ClusterBootstrap(BootstrapOptions options)
{
    /// <summary>
    /// Below this number of runs there is no interval: even the whole range of four values covers the mean of a symmetric distribution only
    /// in 7 cases of 8.
    /// </summary>
    public const int FewestRuns = 5;

    // Keeps the resamples apart from every other use of the same seed.
    private const ulong StreamOfBootstrap = 0x626F_6F74_0000_0000;

    private readonly ConcurrentDictionary<int, Lazy<int[]>> _draws = new();

    /// <summary>
    /// The interval of the mean of <paramref name="runMeans"/>, or null with fewer than <see cref="FewestRuns"/>. All series with the same
    /// number of runs see the same resamples, so that the interval of a difference agrees with those of its terms.
    /// </summary>
    public Interval? IntervalOfMean(IReadOnlyList<double> runMeans)
    {
        int n = runMeans.Count;
        if (n < FewestRuns) return null;
        var draws = _draws.GetOrAdd(n, runs => new Lazy<int[]>(() => Draw(runs))).Value;
        var means = new double[options.Resamples];
        for (int r = 0; r < means.Length; r++)
        {
            double sum = 0;
            for (int i = 0; i < n; i++) sum += runMeans[draws[r * n + i]];
            means[r] = sum / n;
        }
        Array.Sort(means);
        double tail = TailOf(n);
        return new Interval(Quantile(means, tail), Quantile(means, 1 - tail));
    }

    private double TailOf(int runs) =>
        Normal.CDF(0, 1, -Math.Sqrt(runs / (runs - 1.0)) * StudentT.InvCDF(0, 1, runs - 1, (1 + options.Level) / 2));

    private int[] Draw(int runs)
    {
        var random = new RandomStream(options.Seed, StreamOfBootstrap | (uint)runs);
        var draws = new int[checked(options.Resamples * runs)];
        for (int i = 0; i < draws.Length; i++) draws[i] = random.Next(runs);
        return draws;
    }

    // Linear interpolation between order statistics (Hyndman and Fan's type 7).
    private static double Quantile(double[] sorted, double probability)
    {
        double position = probability * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[^1];
    }
}
