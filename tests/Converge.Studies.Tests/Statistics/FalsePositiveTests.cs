using Converge.Studies.Statistics;

namespace Converge.Tests.Statistics;

/// <summary>Under the null hypothesis every test must reject about 5 studies in 100 at the level of 5 %.</summary>
public class FalsePositiveTests
{
    private const int Studies = 1500;

    private static readonly PermutationOptions Permutations = new() { Permutations = 499, ExactUpTo = 10, Seed = 3 };

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void Of_the_sign_flip_test_for_normal_differences(int runs)
    {
        InRange(study => SignFlipTest.Of(Simulated.Normal(runs, study), Permutations)!.Value.TwoSided);
        InRange(study => SignFlipTest.Of(Simulated.Normal(runs, study), Permutations)!.Value.Greater);
        InRange(study => SignFlipTest.Of(Simulated.Normal(runs, study), Permutations)!.Value.Less);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void Of_the_sign_flip_test_for_differences_with_heavy_tails(int runs) =>
        InRange(study => SignFlipTest.Of(Simulated.HeavyTails(runs, study), Permutations)!.Value.TwoSided);

    [Theory]
    [InlineData(10, 10, 1)]
    [InlineData(10, 10, 2)]
    [InlineData(30, 10, 1)]
    public void Of_the_test_of_two_samples_whether_or_not_their_spreads_are_equal(int first, int second, double spread) =>
        InRange(study => TwoSampleTest.Of(Simulated.Normal(first, study, 21), [.. Simulated.Normal(second, study, 22).Select(value => spread * value)], Permutations with { Permutations = 299 })!.Value.TwoSided);

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void Of_the_equivalence_test_where_the_true_difference_is_the_margin(int runs)
    {
        double[] AtMargin(int study) => [.. Simulated.Normal(runs, study).Select(value => 0.05 + 0.02 * value)];
        InRange(study => EquivalenceTest.Of(AtMargin(study), 0.05, Permutations)!.Value.Within);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void Of_the_trend_test_where_the_levels_are_exchangeable(int runs)
    {
        double[] places = [0, 1, 2, 3, 4];
        double[] Slopes(int study) => [.. Enumerable.Range(0, runs).Select(run => Trend.SlopeOf(places, [.. Simulated.Normal(5, study * 100 + run, 31).Select(value => (double?)value)])!.Value)];
        InRange(study => SignFlipTest.Of(Slopes(study), Permutations)!.Value.TwoSided);
    }

    private static void InRange(Func<int, double> pValueOf) => Assert.InRange(Simulated.Share(Studies, study => pValueOf(study) <= 0.05), 0.03, 0.07);
}
