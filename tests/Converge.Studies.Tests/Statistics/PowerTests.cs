using Converge.Studies.Statistics;

namespace Converge.Tests.Statistics;

/// <summary>What is there must be found, in the right direction.</summary>
public class PowerTests
{
    private static readonly PermutationOptions Permutations = new() { Seed = 3 };

    private static readonly MeanTests Tests = new(Permutations);

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public void A_difference_of_two_standard_deviations_is_found_with_its_sign(int runs)
    {
        double[] differences = [.. Simulated.Normal(runs, 0).Select(value => 2 + value)];
        var p = Tests.OfMean(differences, 0)!.Value;
        Assert.True(p.Greater < 0.01 && p.Less > 0.99, $"{p}");
        var reversed = Tests.OfMean([.. differences.Select(value => -value)], 0)!.Value;
        Assert.True(reversed.Less < 0.01 && reversed.Greater > 0.99, $"{reversed}");
        var apart = Tests.OfDifference(Simulated.Normal(runs, 1), differences)!.Value;
        Assert.True(apart.Greater < 0.01 && apart.Less > 0.99, $"{apart}");
    }

    [Fact]
    public void A_small_difference_is_within_the_margin_and_a_large_one_outside_on_either_side()
    {
        EquivalencePValues Of(double difference) => EquivalenceTest.Of([.. Simulated.Normal(12, 0).Select(value => difference + 0.01 * value)], 0.05, Tests)!.Value;
        Assert.True(Of(0).Within < 0.01 && Of(0).Outside > 0.5);
        Assert.True(Of(0.1).Within > 0.5 && Of(0.1).Outside < 0.01);
        Assert.True(Of(-0.1).Within > 0.5 && Of(-0.1).Outside < 0.01);
    }

    [Fact]
    public void Unequal_and_all_equal_differences_have_the_p_values_that_counting_gives()
    {
        // Of the 8 signs of (1, 2, 3), only the observed one reaches 6; of those of three equal ones too.
        Assert.Equal(new PValues(1 / 8.0, 1), SignFlipTest.Of([1, 2, 3], Permutations));
        Assert.Equal(new PValues(1 / 8.0, 1), SignFlipTest.Of([0.1, 0.1, 0.1], Permutations));
        // (1, -2, 4): 1 - 2 + 4 = 3, reached by 7, 5 and 3.
        Assert.Equal(new PValues(3 / 8.0, 6 / 8.0), SignFlipTest.Of([1, -2, 4], Permutations));
        Assert.Equal(new PValues(1, 1), SignFlipTest.Of([0, 0], Permutations));
        Assert.Null(SignFlipTest.Of([], Permutations));
        Assert.Null(TwoSampleTest.Of([1], [2, 3], Permutations));
    }

    [Fact]
    public void Of_all_roads_the_largest_p_value_counts()
    {
        var bootstrap = new ClusterBootstrap(new BootstrapOptions { Resamples = 20_000, Seed = 3 });
        foreach (int study in Enumerable.Range(0, 5))
        {
            double[] near = Simulated.NearOne(12, study), normal = Simulated.Normal(8, study);
            PValues flipped = SignFlipTest.Of([.. near.Select(value => value - 0.85)], Permutations)!.Value, resampled = bootstrap.PValuesOfMean(near, 0.85)!.Value;
            Assert.Equal(new PValues(Math.Max(flipped.Greater, resampled.Greater), Math.Max(flipped.Less, resampled.Less)), Tests.OfMean(near, 0.85));
            PValues[] roads = [TwoSampleTest.Of(near, normal, Permutations)!.Value, WelchTest.Of(near, normal)!.Value, bootstrap.PValuesOfDifference(near, normal)!.Value];
            Assert.Equal(new PValues(roads.Max(road => road.Greater), roads.Max(road => road.Less)), Tests.OfDifference(near, normal));
        }
        // Four runs are too few to resample: their signs are all there is.
        Assert.Equal(SignFlipTest.Of([1, 2, 3, -1], Permutations), Tests.OfMean([1, 2, 3, -1], 0));
        Assert.Null(Tests.OfMean([], 0));
    }

    [Fact]
    public void Resampled_p_values_agree_with_the_interval_and_with_the_range_of_the_runs()
    {
        var bootstrap = new ClusterBootstrap(new BootstrapOptions { Resamples = 999, Seed = 3 });
        // Beyond the range of the runs, and with no spread at all, only the mean itself counts.
        Assert.Equal(new PValues(0.001, 1), bootstrap.PValuesOfMean([0.9, 1, 1, 1, 1, 1], 0.85));
        Assert.Equal(new PValues(1, 0.001), bootstrap.PValuesOfMean([0.9, 1, 1, 1, 1, 1], 1.1));
        Assert.Equal(new PValues(0.001, 1), bootstrap.PValuesOfMean([0.1, 0.1, 0.1, 0.1, 0.1], 0));
        Assert.Equal(new PValues(1, 1), bootstrap.PValuesOfMean([0.1, 0.1, 0.1, 0.1, 0.1], 0.1));
        double[] near = Simulated.NearOne(12, 4);
        var interval = bootstrap.IntervalOfMean(near)!.Value;
        // The wider of two intervals: at its ends the bootstrap's p-value is 2.5 % or less.
        Assert.InRange(bootstrap.PValuesOfMean(near, interval.High)!.Value.Less, 0, 0.0265);
        Assert.InRange(bootstrap.PValuesOfMean(near, interval.Low)!.Value.Greater, 0, 0.0265);
        Assert.True(bootstrap.PValuesOfMean(near, near.Average())!.Value.TwoSided > 0.5);
    }

    [Fact]
    public void Effect_sizes_follow_their_definitions_and_are_undefined_without_a_scale()
    {
        // Mean 2, standard deviation 1.
        Assert.Equal(2, EffectSize.PairedD([1, 2, 3])!.Value, 1e-15);
        Assert.Null(EffectSize.PairedD([0.1, 0.1, 0.1]));
        Assert.Null(EffectSize.PairedD([1]));
        Assert.Equal(1, EffectSize.RankBiserial([1, 2, 3]));
        Assert.Equal(-1, EffectSize.RankBiserial([-1, 0, -3]));
        // Ranks 1 and 2 against 3.
        Assert.Equal(0, EffectSize.RankBiserial([1, 2, -3]));
        Assert.Null(EffectSize.RankBiserial([0, 0]));
        // Variances 1 and 4, means 2 and 4.
        Assert.Equal(2 / Math.Sqrt(2.5), EffectSize.UnpairedD([1, 2, 3], [2, 4, 6])!.Value, 1e-15);
        Assert.Null(EffectSize.UnpairedD([1, 1], [2, 2]));
    }

    [Fact]
    public void A_slope_goes_through_the_levels_that_have_a_value()
    {
        Assert.Equal(2, Trend.SlopeOf([0, 1, 2], [1, 3, 5])!.Value, 1e-15);
        Assert.Equal(2, Trend.SlopeOf([0, 1, 2], [1, null, 5])!.Value, 1e-15);
        Assert.Null(Trend.SlopeOf([0, 1, 2], [1, null, null]));
        Assert.Null(Trend.SlopeOf([1, 1], [1, 2]));
    }

    [Fact]
    public void Holm_multiplies_the_smallest_by_all_and_never_lets_a_larger_one_be_smaller()
    {
        double?[] adjusted = Holm.Adjust([0.04, null, 0.01, 0.03]);
        Assert.Null(adjusted[1]);
        Assert.Equal([0.06, 0.03, 0.06], [adjusted[0]!.Value, adjusted[2]!.Value, adjusted[3]!.Value], (a, b) => Math.Abs(a - b) < 1e-15);
        Assert.Equal([1.0, 1.0], Holm.Adjust([0.9, 0.6]));
        Assert.Empty(Holm.Adjust([]));
    }
}
