namespace Converge.Numerics.Tests.Measuring;

public sealed class TimingTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void Quantiles_lie_between_the_samples_in_proportion()
    {
        var timing = Timing.Of([5.0, 1, 3, 2]);
        Assert.Equal((4, 1.0, 2.5, 5.0), (timing.Samples, timing.Quantile(0), timing.Median, timing.Quantile(1)));
        Assert.Equal(1.3, timing.Quantile(0.1), 12);
        Assert.Equal(7, Timing.Of([7.0]).Quantile(0.9));
        Assert.Throws<ArgumentException>(() => Timing.Of([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => timing.Quantile(1.1));
    }

    [Fact]
    public void The_first_run_does_not_count()
    {
        int runs = 0;
        var timing = Timing.Of(() => Thread.Sleep(runs++ == 0 ? 300 : 0), new TimingBudget(5, TimeSpan.Zero, Long));
        Assert.Equal((6, 5), (runs, timing.Samples));
        Assert.InRange(timing.Quantile(1), 0, 0.29);
    }

    [Fact]
    public void A_run_that_uses_the_budget_up_is_the_only_sample()
    {
        int runs = 0;
        var timing = Timing.Of(() => { runs++; Thread.Sleep(30); }, new TimingBudget(5, TimeSpan.Zero, TimeSpan.FromMilliseconds(10)));
        Assert.Equal((1, 1), (runs, timing.Samples));
        Assert.InRange(timing.Median, 0.03, 60);
    }

    [Fact]
    public void Samples_are_taken_until_the_least_time_is_over_and_none_after_the_most()
    {
        Assert.InRange(Timing.Of(() => Thread.Sleep(1), new TimingBudget(1, TimeSpan.FromMilliseconds(100), Long)).Samples, 2, 100);
        Assert.InRange(Timing.Of(() => Thread.Sleep(20), new TimingBudget(1000, Long, TimeSpan.FromMilliseconds(100))).Samples, 1, 6);
    }

    [Fact]
    public void It_stops_between_two_runs()
    {
        using var stop = new CancellationTokenSource();
        int runs = 0;
        Assert.Throws<OperationCanceledException>(() => Timing.Of(() => { if (++runs == 3) stop.Cancel(); }, new TimingBudget(10, TimeSpan.Zero, Long), stop.Token));
        Assert.Equal(3, runs);
    }
}
