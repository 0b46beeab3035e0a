using Converge.Studies.Statistics;

namespace Converge.Tests.Statistics;

public class CoverageTests
{
    private const int Studies = 2000;

    private static readonly ClusterBootstrap Bootstrap = new(new BootstrapOptions { Resamples = 1000, Seed = 5 });

    [Theory]
    [InlineData("normal", 10)]
    [InlineData("normal", 30)]
    [InlineData("heavy tails", 10)]
    [InlineData("heavy tails", 30)]
    [InlineData("near one", 10)]
    [InlineData("near one", 30)]
    [InlineData("accuracies", 10)]
    [InlineData("accuracies", 30)]
    public void The_interval_of_a_mean_covers_it_about_95_times_in_100(string population, int runs)
    {
        var (draw, mean) = Simulated.Population(population);
        double share = Simulated.Share(Studies, study => Covers(Bootstrap.IntervalOfMean(draw(runs, study))!.Value, mean));
        Assert.InRange(share, 0.93, 0.97);
    }

    [Fact]
    public void With_five_runs_the_interval_covers_less_and_still_nine_times_in_ten() =>
        Assert.InRange(Simulated.Share(Studies, study => Covers(Bootstrap.IntervalOfMean(Simulated.Normal(5, study))!.Value, 0)), 0.91, 0.97);

    [Theory]
    [InlineData(10, 10, 1)]
    [InlineData(30, 10, 2)]
    [InlineData(30, 30, 1)]
    public void The_interval_of_a_difference_of_two_samples_covers_it_about_95_times_in_100(int first, int second, double spread)
    {
        double share = Simulated.Share(Studies, study => Covers(
            Bootstrap.IntervalOfDifference(Simulated.Normal(first, study, 21), [.. Simulated.Normal(second, study, 22).Select(value => 1 + spread * value)])!.Value, 1));
        Assert.InRange(share, 0.93, 0.97);
    }

    private static bool Covers(Interval interval, double value) => interval.Low <= value && interval.High >= value;
}
