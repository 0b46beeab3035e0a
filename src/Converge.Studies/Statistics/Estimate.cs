namespace Converge.Studies.Statistics;

/// <summary>A mean over runs and how sure it is.</summary>
/// <param name="Mean">The mean of the runs' means: every run weighs the same. Null where no run has a defined value.</param>
/// <param name="Sd">The standard deviation of the runs' means (n - 1); null with fewer than two runs.</param>
/// <param name="Interval">The confidence interval of the mean; null with fewer than <see cref="ClusterBootstrap.FewestRuns"/> runs.</param>
/// <param name="Runs">The number of runs with a defined mean.</param>
/// <param name="Values">The number of defined values in all runs.</param>
/// <param name="Missing">The number of undefined values in all runs.</param>
public sealed record Estimate(double? Mean, double? Sd, Interval? Interval, int Runs, int Values, int Missing)
{
    /// <summary>The estimate from <paramref name="runs"/>, taken in the order of their numbers whatever order they come in.</summary>
    public static Estimate Of(IEnumerable<RunMean> runs, ClusterBootstrap bootstrap)
    {
        var ordered = runs.OrderBy(run => run.Run).ToList();
        double[] means = [.. ordered.Where(run => run.Mean is not null).Select(run => run.Mean!.Value)];
        return new Estimate(means.Length == 0 ? null : Moments.Mean(means), Moments.Sd(means), bootstrap.IntervalOfMean(means),
            means.Length, ordered.Sum(run => run.Values), ordered.Sum(run => run.Missing));
    }
}
