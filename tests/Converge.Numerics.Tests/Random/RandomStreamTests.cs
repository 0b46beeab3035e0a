namespace Converge.Numerics.Tests.Random;

/// <summary>Sequences of random numbers.</summary>
public sealed class RandomStreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(200)]
    public void Whole_numbers_below_a_bound_are_equally_likely(int bound)
    {
        var random = new RandomStream(1, (ulong)bound);
        const int Expected = 2000;
        var counts = new int[bound];
        for (int i = 0; i < Expected * bound; i++) counts[random.Next(bound)]++;
        double chiSquared = counts.Sum(count => Math.Pow(count - Expected, 2) / Expected), freedom = bound - 1;
        // Five standard deviations.
        Assert.InRange(chiSquared, freedom - 5 * Math.Sqrt(2 * freedom), freedom + 5 * Math.Sqrt(2 * freedom) + 1e-9);
    }

    [Fact]
    public void Large_bounds_have_no_bias()
    {
        // Reduced from 32 bits, numbers below a third of this bound would come up twice as often as the others.
        const int Bound = 0x6000_0000, N = 30_000;
        var random = new RandomStream(2);
        int low = 0;
        for (int i = 0; i < N; i++) if (random.Next(Bound) < Bound / 3) low++;
        Assert.Equal(1 / 3.0, low / (double)N, 5 * Math.Sqrt(2 / 9.0 / N));
        Assert.InRange(new RandomStream(3).Next(int.MaxValue), 0, int.MaxValue - 1);
    }

    [Fact]
    public void The_same_key_and_stream_give_the_same_numbers()
    {
        double[] Draw(ulong key, ulong stream)
        {
            var random = new RandomStream(key, stream);
            return [.. Enumerable.Range(0, 20).Select(_ => random.NextDouble())];
        }

        Assert.Equal(Draw(5, 6), Draw(5, 6));
        Assert.Empty(Draw(5, 6).Intersect(Draw(5, 7)));
        Assert.Empty(Draw(5, 6).Intersect(Draw(6, 6)));
        Assert.Equal(20, Draw(5, 6).Distinct().Count());
    }

    [Fact]
    public void A_sample_has_distinct_members_and_every_member_every_place()
    {
        var random = new RandomStream(7);
        const int Bound = 12, Count = 5, Trials = 6000;
        var counts = new int[Count, Bound];
        for (int trial = 0; trial < Trials; trial++)
        {
            int[] sample = random.Sample(Bound, Count);
            Assert.Equal(Count, sample.Distinct().Count());
            Assert.All(sample, value => Assert.InRange(value, 0, Bound - 1));
            for (int place = 0; place < Count; place++) counts[place, sample[place]]++;
        }
        double expected = Trials / (double)Bound;
        foreach (int count in counts) Assert.InRange(count, expected - 5 * Math.Sqrt(expected), expected + 5 * Math.Sqrt(expected));
    }

    [Fact]
    public void A_sample_of_all_is_a_permutation_and_one_of_none_is_empty()
    {
        var random = new RandomStream(8);
        Assert.Equal(Enumerable.Range(0, 50), random.Sample(50, 50).Order());
        Assert.Empty(random.Sample(0, 0));
        Assert.Empty(random.Sample(9, 0));
        Assert.Equal(1000, random.Sample(int.MaxValue, 1000).Distinct().Count());
    }

    [Fact]
    public void Impossible_draws_are_refused()
    {
        var random = new RandomStream(9);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(-3));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Sample(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Sample(3, -1));
    }
}
