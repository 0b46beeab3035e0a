using Converge.Numerics;
using Converge.Studies.Statistics;

namespace Converge.Tests.Statistics;

public class ClusterBootstrapTests
{
    [Fact]
    public void Clusters_count_once_however_many_queries_they_have()
    {
        // Ten runs of 100 equal values each: taking values for units would shrink the interval tenfold.
        double[] means = [.. Normal(10, 3, 0)];
        var bootstrap = new ClusterBootstrap(new BootstrapOptions());
        var few = Estimate.Of(means.Select((mean, run) => new RunMean(run, mean, 1, 0)), bootstrap);
        var many = Estimate.Of(means.Select((mean, run) => new RunMean(run, mean, 100, 0)), bootstrap);
        Assert.Equal(few.Interval, many.Interval);
        Assert.Equal((10, 1000), (many.Runs, many.Values));
        double halfWidth = (many.Interval!.Value.High - many.Interval.Value.Low) / 2;
        Assert.InRange(halfWidth, 1.2 * many.Sd!.Value / Math.Sqrt(10), 3.0 * many.Sd.Value / Math.Sqrt(10));
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_and_another_seed_nearly_the_same()
    {
        double[] means = [.. Normal(20, 4, 0)];
        Interval With(ulong seed) => new ClusterBootstrap(new BootstrapOptions { Seed = seed }).IntervalOfMean(means)!.Value;
        Assert.Equal(With(1), With(1));
        Assert.NotEqual(With(1), With(2));
        Assert.InRange(Math.Abs(With(1).Low - With(2).Low), 0, 0.05);
    }

    [Fact]
    public void The_interval_stays_within_the_range_of_the_runs_and_collapses_where_they_are_equal()
    {
        var bootstrap = new ClusterBootstrap(new BootstrapOptions());
        var interval = bootstrap.IntervalOfMean([0.9, 0.99, 1, 1, 1])!.Value;
        Assert.InRange(interval.Low, 0.9, 0.95);
        Assert.InRange(interval.High, 0.98, 1);
        var equal = Estimate.Of(Enumerable.Range(0, 7).Select(run => new RunMean(run, 0.1, 1, 0)), bootstrap);
        Assert.Equal((equal.Mean, equal.Mean), (equal.Interval!.Value.Low, equal.Interval.Value.High));
    }

    [Fact]
    public void One_run_has_a_mean_and_neither_spread_nor_interval()
    {
        var estimate = Estimate.Of([new RunMean(0, 0.5, 8, 1)], new ClusterBootstrap(new BootstrapOptions()));
        Assert.Equal(new Estimate(0.5, null, null, 1, 8, 1), estimate);
    }

    [Fact]
    public void Four_runs_have_a_spread_and_no_interval_and_runs_without_a_value_do_not_count()
    {
        var runs = Enumerable.Range(0, 6).Select(run => new RunMean(run, run < 4 ? run : null, run < 4 ? 2 : 0, run < 4 ? 0 : 2));
        var estimate = Estimate.Of(runs, new ClusterBootstrap(new BootstrapOptions()));
        Assert.Equal((1.5, 4, 8, 4), (estimate.Mean, estimate.Runs, estimate.Values, estimate.Missing));
        Assert.Equal(Math.Sqrt(5.0 / 3), estimate.Sd!.Value, 1e-15);
        Assert.Null(estimate.Interval);
        Assert.Null(Estimate.Of([], new ClusterBootstrap(new BootstrapOptions())).Mean);
    }

    private static IEnumerable<double> Normal(int count, ulong seed, int study) =>
        Enumerable.Range(0, count).Select(i => Philox.NormalAt(seed, (ulong)study, (ulong)i));
}
