namespace Converge.Numerics.Tests.Random;

/// <summary>The counter-based generator against its authors' known answers, and the moments of what is made of it.</summary>
public sealed class PhiloxTests
{
    [Theory]
    [InlineData(0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x299f31d0_a4093822, 0x03707344_13198a2e, 0x85a308d3_243f6a88, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void The_known_answers_of_Random123(ulong key, ulong high, ulong low, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox.At(key, high, low));

    [Fact]
    public void Uniform_numbers_fill_the_interval_evenly()
    {
        const int N = 100_000, Bins = 50;
        var counts = new int[Bins];
        for (int i = 0; i < N; i++)
        {
            double value = Philox.UniformAt(1, 2, (ulong)i);
            Assert.InRange(value, 0, 1 - 1e-17);
            counts[(int)(value * Bins)]++;
        }
        // Chi-squared with 49 degrees of freedom exceeds 95 once in ten thousand seeds.
        Assert.InRange(counts.Sum(count => Math.Pow(count - N / Bins, 2) / (N / Bins)), 15, 95);
    }

    [Fact]
    public void Normal_numbers_have_the_moments_and_tails_of_the_normal_distribution()
    {
        const int N = 200_000;
        double[] values = [.. Enumerable.Range(0, N).Select(i => Philox.NormalAt(3, 4, (ulong)i))];
        Assert.All(values, value => Assert.True(double.IsFinite(value)));
        // Five standard errors each.
        Assert.Equal(0, values.Average(), 5 / Math.Sqrt(N));
        Assert.Equal(1, values.Average(value => value * value), 5 * Math.Sqrt(2.0 / N));
        Assert.Equal(0, values.Average(value => Math.Pow(value, 3)), 5 * Math.Sqrt(15.0 / N));
        Assert.Equal(3, values.Average(value => Math.Pow(value, 4)), 5 * Math.Sqrt(96.0 / N));
        Assert.Equal(0.0455, values.Count(value => Math.Abs(value) > 2) / (double)N, 5 * Math.Sqrt(0.0455 / N));
    }

    [Fact]
    public void Streams_and_keys_are_independent()
    {
        const int N = 20_000;
        double Correlation(Func<int, double> a, Func<int, double> b) => Enumerable.Range(0, N).Average(i => 12 * (a(i) - 0.5) * (b(i) - 0.5));
        double limit = 5 / Math.Sqrt(N);
        Assert.Equal(0, Correlation(i => Philox.UniformAt(1, 0, (ulong)i), i => Philox.UniformAt(2, 0, (ulong)i)), limit);
        Assert.Equal(0, Correlation(i => Philox.UniformAt(1, 0, (ulong)i), i => Philox.UniformAt(1, 1, (ulong)i)), limit);
        Assert.Equal(0, Correlation(i => Philox.UniformAt(1, 0, (ulong)i), i => Philox.UniformAt(1, 0, (ulong)i + 1)), limit);
    }
}
