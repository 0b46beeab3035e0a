using Converge.Studies.Advice;
using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Statistics;
using Converge.Studies.Tests.Authored;
using Converge.Tests;
using Advised = Converge.Studies.Advice.Advice;

namespace Converge.Studies.Tests.Advice;

/// <summary>Advice where the right one is known.</summary>
public sealed class AdviserTests
{
    private const int Runs = 10;
    private static readonly ClusterBootstrap s_bootstrap = new(new BootstrapOptions { Resamples = 500, Seed = 1 });

    [Fact]
    public void A_credible_lead_decides_and_cost_does_not()
    {
        var advice = Judge([Option(AdviceMethod.ZeroShot, 0, 0.6), Option(AdviceMethod.InContext, 4, 0.7, perQuery: 50), Option(AdviceMethod.Tuned, 4, 0.9, tuning: 1e9)], queries: 1);
        Assert.Equal(("IT k=4", "IT k=4"), (advice.Best.Name, advice.Recommended!.Name));
        Assert.Equal(["IT k=4"], advice.AsGood.Select(option => option.Name));
        Assert.Contains(advice.Evidence, sentence => sentence.StartsWith("zero-shot is 0.300", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(10, "ICL k=4")]
    [InlineData(1000, "IT k=4")]
    public void Among_options_as_good_the_cheapest_for_the_queries_expected_is_taken(double queries, string expected)
    {
        var advice = Judge([Option(AdviceMethod.ZeroShot, 0, 0.6), Option(AdviceMethod.InContext, 4, 0.85, perQuery: 50), Option(AdviceMethod.Tuned, 4, 0.855, tuning: 4000)], queries);
        Assert.Equal(["ICL k=4", "IT k=4"], advice.AsGood.Select(option => option.Name));
        Assert.Equal(expected, advice.Recommended!.Name);
    }

    [Fact]
    public void Where_nothing_beats_the_commonest_answer_nothing_is_recommended()
    {
        var advice = Judge([Option(AdviceMethod.ZeroShot, 0, 0.49), Option(AdviceMethod.InContext, 4, 0.495, perQuery: 50), Option(AdviceMethod.Tuned, 4, 0.5)], 100);
        Assert.Null(advice.Recommended);
        Assert.Contains("commonest answer", advice.Doubts[0]);
    }

    [Fact]
    public void Doubts_are_said_where_they_are_due()
    {
        var option = Option(AdviceMethod.Tuned, 4, 0.9) with { CalibrationError = 0.25 };
        Assert.Contains(Judge([option], 1).Doubts, doubt => doubt.Contains("off by 25 %", StringComparison.Ordinal));
        Assert.DoesNotContain(Judge([option with { CalibrationError = 0.05 }], 1).Doubts, doubt => doubt.Contains("off by", StringComparison.Ordinal));
        Assert.Contains(Judge([option], 1, lossLeft: 0.9).Doubts, doubt => doubt.Contains("hardly begun", StringComparison.Ordinal));
        Assert.DoesNotContain(Judge([option], 1, lossLeft: 0.1).Doubts, doubt => doubt.Contains("hardly begun", StringComparison.Ordinal));
    }

    [Fact]
    public void Tuning_pays_from_where_its_cost_is_saved()
    {
        var (icl, tuned) = (Option(AdviceMethod.InContext, 4, 0.8, perQuery: 50), Option(AdviceMethod.Tuned, 4, 0.8, tuning: 4001));
        // 4001 over 50 - 10 saved a query.
        Assert.Equal(101, tuned.PaysAgainst(icl));
        Assert.True(tuned.FlopsFor(101) < icl.FlopsFor(101) && tuned.FlopsFor(100) > icl.FlopsFor(100));
        Assert.Null(tuned.PaysAgainst(icl, prefixKept: true));
        Assert.Equal(0, icl.PaysAgainst(Option(AdviceMethod.Tuned, 4, 0.8, perQuery: 50, tuning: 5)));
    }

    [Fact]
    public void Measured_options_have_the_qualities_costs_and_shares_that_were_planted()
    {
        // IT goes two thirds of ICL's way; the anchor is wrong on query 0, ICL never, IT always.
        PlantedUnits.StateRule twoThirds = (condition, run, query, layer) => condition switch
        {
            Condition.It => [.. PlantedUnits.ItDoesNothing(Condition.Anchor, run, query, layer).Zip(PlantedUnits.ItDoesNothing(Condition.Icl, run, query, layer), (anchor, icl) => anchor + 2 * (icl - anchor) / 3)],
            _ => PlantedUnits.ItDoesNothing(condition, run, query, layer),
        };
        var config = TinyModel.Config;
        AdviceOption Measured(Condition condition)
        {
            var measurement = new OptionMeasurement(condition, 2, config);
            for (int run = 0; run < Runs; run++)
            {
                int r = run;
                double[] Scores(Condition under, int query)
                {
                    bool wrong = under == Condition.It || (under == Condition.Anchor && query == 0);
                    double[] right = (query + r) % 2 == 0 ? [Math.Log(0.8), Math.Log(0.2)] : [Math.Log(0.2), Math.Log(0.8)];
                    return wrong ? [right[1], right[0]] : right;
                }

                measurement.Add(PlantedUnits.Unit(twoThirds, run, Scores), tuningFlops: 1000 + run);
            }
            return measurement.Build(s_bootstrap);
        }

        var (anchor, icl, it) = (Measured(Condition.Anchor), Measured(Condition.Icl), Measured(Condition.It));
        Assert.Equal([7 / 8.0, 1, 0], [anchor.Quality.Mean!.Value, icl.Quality.Mean!.Value, it.Quality.Mean!.Value]);
        Assert.Equal([0.075, 0.2, 0.8], new[] { anchor, icl, it }.Select(option => Math.Round(option.CalibrationError!.Value, 12)));
        Assert.Equal(2 / 3.0, it.ShareOfShift!.Mean!.Value, 6);
        Assert.Null(icl.ShareOfShift);
        Assert.Equal((0, 2, 2, 1004.5), (anchor.Demonstrations, icl.Demonstrations, it.Demonstrations, it.TuningFlops));
        // Every planted prompt is [1, 17 + query, condition]: three tokens, of which all of a run share the first.
        Assert.Equal(3, icl.TokensPerQuery);
        Assert.Equal(UnitCost.ForwardOfPrompt(config, 3), icl.FlopsPerQuery);
        double kept = UnitCost.ForwardOfPrompt(config, 3) - UnitCost.ForwardOfPrompt(config, 1) + UnitCost.ForwardOfPrompt(config, 0);
        Assert.Equal(kept, icl.FlopsPerQueryWithPrefixKept, 6);
    }

    private static Advised Judge(IReadOnlyList<AdviceOption> options, double queries, double lossLeft = 0.2) => Adviser.Judge(options, 0.5, queries, lossLeft, s_bootstrap);

    // Runs differ by a little around the mean, the same for all options.
    private static AdviceOption Option(AdviceMethod method, int k, double quality, double perQuery = 10, double tuning = 0)
    {
        double[] runs = [.. Enumerable.Range(0, Runs).Select(run => quality + 0.01 * (run % 3 - 1))];
        return new AdviceOption
        {
            Method = method,
            Demonstrations = k,
            Quality = Estimate.Of(runs.Select((value, run) => new RunMean(run, value, 1, 0)), s_bootstrap),
            QualityOfRuns = runs,
            CalibrationError = null,
            TokensPerQuery = perQuery,
            FlopsPerQuery = perQuery,
            FlopsPerQueryWithPrefixKept = Math.Min(perQuery, 10),
            TuningFlops = tuning,
            ShareOfShift = null,
        };
    }
}
