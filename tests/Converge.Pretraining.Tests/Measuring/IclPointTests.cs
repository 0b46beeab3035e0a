using Converge.Pretraining.Measuring;

namespace Converge.Pretraining.Tests.Measuring;

public sealed class IclPointTests
{
    // The first four are the worked examples of Newcombe 1998 (Statistics in Medicine 17, table I, method 3), to four places; the others by hand:
    // with z = 1.96 and z^2 = 3.8415, for 10 of 10 centre and half are (1 + 0.19207) / 1.38415 and 1.96 * 0.098 / 1.38415, for 150 of 300 they are
    // 0.5 and 1.96 * sqrt(0.25 / 300 + 3.8415 / 360000) / 1.012805 = 1.96 * 0.029052 / 1.012805.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    [InlineData(10, 10, 0.7225, 1.0000)]
    [InlineData(150, 300, 0.4438, 0.5562)]
    public void The_interval_is_Wilsons(int right, int episodes, double low, double high)
    {
        var interval = new IclPoint(4, right, episodes).Interval;
        Assert.Equal(low, interval.Low, 0.00005);
        Assert.Equal(high, interval.High, 0.00005);
    }

    [Fact]
    public void The_interval_lies_around_the_accuracy_and_mirrors_that_of_the_wrong_answers()
    {
        for (int right = 0; right <= 40; right++)
        {
            IclPoint point = new(4, right, 40), mirror = new(4, 40 - right, 40);
            Assert.Equal(right / 40.0, point.Accuracy);
            Assert.True(point.Interval.Low <= point.Accuracy + 1e-12 && point.Interval.High >= point.Accuracy - 1e-12);
            Assert.Equal(1 - mirror.Interval.High, point.Interval.Low, 1e-12);
        }
    }
}
