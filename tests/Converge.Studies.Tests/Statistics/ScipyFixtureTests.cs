using System.Text.Json;
using Converge.Studies.Statistics;

namespace Converge.Tests.Statistics;

/// <summary>Against SciPy's numbers; tests/fixtures/statistics/make.py made them.</summary>
public class ScipyFixtureTests
{
    private static readonly JsonElement Fixture = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("tests", "fixtures", "statistics", "statistics.json"))).RootElement;

    private static readonly PermutationOptions Exact = new() { ExactUpTo = 20 };

    [Fact]
    public void Exact_sign_flip_tests()
    {
        foreach (var one in Fixture.GetProperty("sign_flip").EnumerateArray().Append(Fixture.GetProperty("sign_flip_sampled")))
            Near(one, SignFlipTest.Of(Numbers(one, "differences"), Exact)!.Value, 1e-12);
    }

    [Fact]
    public void Random_signs_come_near_to_all_signs()
    {
        var one = Fixture.GetProperty("sign_flip_sampled");
        Near(one, SignFlipTest.Of(Numbers(one, "differences"), new PermutationOptions { Seed = 1 })!.Value, 0.01);
    }

    [Fact]
    public void Random_deals_of_two_samples_come_near_to_all_deals()
    {
        var one = Fixture.GetProperty("two_samples");
        Near(one, TwoSampleTest.Of(Numbers(one, "first"), Numbers(one, "second"), new PermutationOptions { Seed = 1 })!.Value, 0.01);
    }

    [Fact]
    public void Welchs_test()
    {
        var one = Fixture.GetProperty("welch");
        Near(one, WelchTest.Of(Numbers(one, "first"), Numbers(one, "second"))!.Value, 1e-9);
        Assert.Null(WelchTest.Of([1, 1], [2, 2]));
    }

    [Fact]
    public void Holms_correction()
    {
        var one = Fixture.GetProperty("holm");
        Assert.Equal(Numbers(one, "adjusted"), Holm.Adjust([.. Numbers(one, "p").Select(p => (double?)p)]).Select(p => p!.Value), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Effect_sizes()
    {
        var paired = Fixture.GetProperty("paired_d");
        Assert.Equal(Number(paired, "d"), EffectSize.PairedD(Numbers(paired, "differences"))!.Value, 1e-12);
        foreach (var one in Fixture.GetProperty("rank_biserial").EnumerateArray())
            Assert.Equal(Number(one, "r"), EffectSize.RankBiserial(Numbers(one, "differences"))!.Value, 1e-12);
    }

    [Fact]
    public void Correlations_with_and_without_ties()
    {
        foreach (var one in Fixture.GetProperty("correlations").EnumerateArray())
        {
            double[] x = Numbers(one, "x"), y = Numbers(one, "y");
            Assert.Equal(Number(one, "pearson"), Correlation.Pearson(x, y)!.Value, 1e-12);
            Assert.Equal(Number(one, "spearman"), Correlation.Spearman(x, y)!.Value, 1e-12);
            Assert.Equal(Number(one, "kendall"), Correlation.Kendall(x, y)!.Value, 1e-12);
        }
        Assert.Null(Correlation.Pearson([0.1, 0.1, 0.1], [1, 2, 3]));
        Assert.Null(Correlation.Kendall([1, 1], [1, 2]));
    }

    [Fact]
    public void Slopes()
    {
        var one = Fixture.GetProperty("slope");
        Assert.Equal(Number(one, "slope"), Trend.SlopeOf(Numbers(one, "x"), [.. Numbers(one, "y").Select(y => (double?)y)])!.Value, 1e-12);
    }

    [Fact]
    public void Studentised_intervals_come_near_to_those_of_a_million_resamples()
    {
        foreach (var one in Fixture.GetProperty("bootstrap_t").EnumerateArray())
        {
            var interval = new ClusterBootstrap(new BootstrapOptions { Resamples = 50_000, Seed = 2 }).IntervalOfMean(Numbers(one, "values"))!.Value;
            double near = 0.05 * Number(one, "se");
            Assert.Equal(Number(one, "low"), interval.Low, near);
            Assert.Equal(Number(one, "high"), interval.High, near);
        }
    }

    [Fact]
    public void Random_resamples_come_near_to_all_resamples()
    {
        var bootstrap = new ClusterBootstrap(new BootstrapOptions { Resamples = 50_000, Seed = 2 });
        foreach (var one in Fixture.GetProperty("bootstrap_t_test").EnumerateArray()) Near(one, bootstrap.PValuesOfMean(Numbers(one, "values"), Number(one, "threshold"))!.Value, 0.006);
        var two = Fixture.GetProperty("bootstrap_t_two_samples");
        Near(two, bootstrap.PValuesOfDifference(Numbers(two, "first"), Numbers(two, "second"))!.Value, 0.006);
    }

    private static void Near(JsonElement expected, PValues seen, double tolerance)
    {
        Assert.Equal(Number(expected, "greater"), seen.Greater, tolerance);
        Assert.Equal(Number(expected, "less"), seen.Less, tolerance);
    }

    private static double Number(JsonElement of, string name) => of.GetProperty(name).GetDouble();

    private static double[] Numbers(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
}
