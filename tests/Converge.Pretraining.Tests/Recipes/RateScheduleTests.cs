using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Tests.Recipes;

/// <summary>The learning rate, worked by hand: four updates of warm-up, a cosine over the last three quarters of the last stage, down to a tenth.</summary>
public sealed class RateScheduleTests
{
    private static readonly RateSchedule s_schedule = new(WarmUp: 4, DecayFrom: 0.25, Final: 0.1);

    [Theory]
    [InlineData(1, 0, 0.25)]
    [InlineData(2, 0, 0.5)]
    [InlineData(4, 0, 1)]
    [InlineData(5, 0, 1)]
    [InlineData(1000, 0.25, 1)]
    // Halfway down the cosine: 0.1 + 0.9 / 2; a third of the way: cos(60°) = 1/2, 0.1 + 0.9 * 3/4; two thirds: cos(120°) = -1/2, 0.1 + 0.9 / 4.
    [InlineData(1000, 0.625, 0.55)]
    [InlineData(1000, 0.5, 0.775)]
    [InlineData(1000, 0.75, 0.325)]
    [InlineData(1000, 1, 0.1)]
    [InlineData(1000, 1.5, 0.1)]
    [InlineData(2, 0.625, 0.275)]
    public void Shares_of_the_highest_rate(int update, double lastStage, double expected) => Assert.Equal(expected, s_schedule.At(update, lastStage), 1e-12);

    [Fact]
    public void The_rate_never_jumps_and_never_rises_in_the_last_stage()
    {
        double before = 1;
        for (double done = 0; done <= 1; done += 1e-3)
        {
            double rate = s_schedule.At(100, done);
            Assert.InRange(rate, before - 2e-3, before);
            before = rate;
        }
    }
}
