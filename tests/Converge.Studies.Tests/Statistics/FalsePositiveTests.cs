using Converge.Studies.Statistics;

namespace Converge.Tests.Statistics;

/// <summary>Under the null hypothesis every test must reject about 5 studies in 100 at the level of 5 %.</summary>
public class FalsePositiveTests
{
    private const int Studies = 1500;

    private static readonly PermutationOptions Permutations = new() { Permutations = 599, ExactUpTo = 10, Seed = 3 };

    private static readonly MeanTests Tests = new(Permutations), Fewer = new(Permutations with { Permutations = 399 });

    [Theory]
    [InlineData("normal", 10)]
    [InlineData("normal", 30)]
    [InlineData("heavy tails", 10)]
    [InlineData("heavy tails", 30)]
    [InlineData("near one", 10)]
    [InlineData("near one", 15)]
    [InlineData("near one", 30)]
    [InlineData("accuracies", 15)]
    [InlineData("accuracies", 30)]
    public void Of_the_test_of_a_mean_against_the_threshold_that_it_has(string population, int runs)
    {
        var (draw, mean) = Simulated.Population(population);
        InRange(study => Tests.OfMean(draw(runs, study), mean)!.Value.TwoSided);
    }

    [Fact]
    public void Each_of_its_two_roads_alone_is_wrong_too_often_somewhere()
    {
        var (nearOne, mean) = Simulated.Population("near one");
        Assert.True(Simulated.Share(Studies, study => SignFlipTest.Of([.. nearOne(10, study).Select(value => value - mean)], Permutations)!.Value.TwoSided <= 0.05) > 0.08);
        var bootstrap = new ClusterBootstrap(new BootstrapOptions { Resamples = 599, Seed = 3 });
        Assert.True(Simulated.Share(Studies, study => bootstrap.PValuesOfMean(Simulated.HeavyTails(10, study), 0)!.Value.TwoSided <= 0.05) > 0.065);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void Of_its_two_sides(int runs)
    {
        InRange(study => Tests.OfMean(Simulated.Normal(runs, study), 0)!.Value.Greater);
        InRange(study => Tests.OfMean(Simulated.Normal(runs, study), 0)!.Value.Less);
    }

    [Theory]
    [InlineData("normal", 10, 10, 2)]
    [InlineData("normal", 30, 10, 2)]
    [InlineData("normal", 10, 30, 2)]
    [InlineData("heavy tails", 30, 10, 2)]
    [InlineData("near one", 30, 10, 1)]
    [InlineData("near one", 30, 30, 2)]
    public void Of_the_test_of_two_samples_whether_or_not_their_sizes_and_spreads_are_equal(string population, int first, int second, double spread)
    {
        var (draw, mean) = Simulated.Population(population);
        InRange(study => Fewer.OfDifference(draw(first, study), [.. draw(second, study + Studies).Select(value => mean + spread * (value - mean))])!.Value.TwoSided);
    }

    [Theory]
    [InlineData("normal", 10)]
    [InlineData("normal", 30)]
    [InlineData("near one", 30)]
    public void Of_the_equivalence_test_where_the_true_difference_is_the_margin(string population, int runs)
    {
        var (draw, mean) = Simulated.Population(population);
        InRange(study => EquivalenceTest.Of([.. draw(runs, study).Select(value => 0.05 - 0.02 * (value - mean))], 0.05, Tests)!.Value.Within);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void Of_the_trend_test_where_the_levels_are_exchangeable(int runs)
    {
        double[] places = [0, 1, 2, 3, 4];
        double[] Slopes(int study) => [.. Enumerable.Range(0, runs).Select(run => Trend.SlopeOf(places, [.. Simulated.Normal(5, study * 100 + run, 31).Select(value => (double?)value)])!.Value)];
        InRange(study => Tests.OfMean(Slopes(study), 0)!.Value.TwoSided);
    }

    private static void InRange(Func<int, double> pValueOf) => Assert.InRange(Simulated.Share(Studies, study => pValueOf(study) <= 0.05), 0.03, 0.07);
}
