using Converge.Engine;
using Converge.Studies.Metrics;
using Converge.Studies.Run;
using Converge.Studies.Tables;

namespace Converge.Tests.Tables;

public class StudyResultsTests
{
    private static readonly StudyGroup Base = new("planted", "sentiment", "base", "base");

    [Fact]
    public void Estimates_do_not_depend_on_the_order_of_the_units()
    {
        var forward = StudyResults.FromUnits(PlantedUnits.Runs(PlantedUnits.OppositeDirections), Options());
        var backward = StudyResults.FromUnits(PlantedUnits.Runs(PlantedUnits.OppositeDirections).Reverse(), Options());
        Assert.Equal(forward.Summaries.Select(one => (one.Key, one.Estimate)), backward.Summaries.Select(one => (one.Key, one.Estimate)));
        Assert.Equal([0, 1, 2], backward.Groups[0].Samples.Select(sample => sample.Run));
    }

    [Fact]
    public void Means_are_of_runs_and_undefined_values_are_counted_not_averaged()
    {
        var results = StudyResults.FromUnits(PlantedUnits.Runs(PlantedUnits.IclDoesNothing, 6), Options());
        var shift = Find(results, MetricNames.ShiftCosine, "icl-it").Estimate;
        Assert.Equal((null, null, 0, 0, 6 * PlantedUnits.Queries), (shift.Mean, shift.Interval, shift.Runs, shift.Values, shift.Missing));
        var cosine = Find(results, MetricNames.Cosine, "anchor-icl").Estimate;
        Assert.Equal((1.0, 0.0, 6, 6 * PlantedUnits.Queries, 0), (cosine.Mean, cosine.Sd, cosine.Runs, cosine.Values, cosine.Missing));
    }

    [Fact]
    public void A_difference_of_pairs_has_the_mean_of_the_difference_and_an_interval_of_its_own()
    {
        var results = StudyResults.FromUnits(PlantedUnits.Runs(PlantedUnits.IclEqualsIt), Options());
        double pair = Find(results, MetricNames.Cosine, "icl-it").Estimate.Mean!.Value, other = Find(results, MetricNames.Cosine, "anchor-it").Estimate.Mean!.Value;
        var difference = Find(results, MetricNames.Cosine, "icl-it_minus_anchor-it").Estimate;
        Assert.Equal(pair - other, difference.Mean!.Value, 1e-12);
        Assert.True(difference.Interval!.Value.IsAbove(0));
    }

    [Fact]
    public void Groups_are_kept_apart_and_know_their_labels_and_runs()
    {
        var units = PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 3).Concat(Enumerable.Range(0, 2).Select(run => PlantedUnits.Unit(PlantedUnits.IclDoesNothing, run, level: "4", factor: "k")));
        var results = StudyResults.FromUnits(units, Options());
        Assert.Equal([("base", 3), ("k", 2)], results.Groups.Select(group => (group.Group.Factor, group.Runs)));
        Assert.Equal([12, 12], results.Groups[0].Labels!.Gold);
        Assert.Equal((0.5, 0.5, 24), (results.Groups[0].Labels!.Chance, results.Groups[0].Labels!.Commonest, results.Groups[0].Queries));
        Assert.Equal(3, results.Groups[0].Samples[0].Prompts.Count);
    }

    [Fact]
    public void No_unit_a_unit_twice_and_a_unit_of_another_shape_are_bad_input()
    {
        var unit = PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 0);
        Assert.Throws<BadInputException>(() => StudyResults.FromUnits([], Options()));
        Assert.Contains("stored twice", Assert.Throws<BadInputException>(() => StudyResults.FromUnits([unit, unit], Options())).Message);
        var other = PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 1, labels: ["bad", "good"]);
        Assert.Contains("other layers, width or labels", Assert.Throws<BadInputException>(() => StudyResults.FromUnits([unit, other], Options())).Message);
    }

    [Fact]
    public void A_group_without_labels_has_none_and_cannot_hold_a_unit_with_labels()
    {
        var unit = PlantedUnits.Translation(PlantedUnits.IclEqualsIt, 0, (_, _) => -1, task: "sentiment");
        var group = Assert.Single(StudyResults.FromUnits([unit], Options()).Groups);
        Assert.Null(group.Labels);
        Assert.Equal(PlantedUnits.Queries, group.Queries);
        Assert.Contains("other layers, width or labels", Assert.Throws<BadInputException>(() => StudyResults.FromUnits([unit, PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 1)], Options())).Message);
    }

    [Fact]
    public void One_unit_at_a_time_is_asked_for_and_let_go()
    {
        var alive = new List<WeakReference>();
        IEnumerable<UnitRecord> Units()
        {
            for (int run = 0; run < 20; run++)
            {
                yield return Tracked(run, alive);
                GC.Collect();
                Assert.True(alive.Count(reference => reference.IsAlive) <= 2, "states of earlier units are still held");
            }
        }
        StudyResults.FromUnits(Units(), Options());
        Assert.Equal(20, alive.Count);
    }

    private static UnitRecord Tracked(int run, List<WeakReference> alive)
    {
        var unit = PlantedUnits.Unit(PlantedUnits.IclEqualsIt, run);
        alive.Add(new WeakReference(unit.States));
        return unit;
    }

    private static SeriesSummary Find(StudyResults results, string metric, string pair) =>
        results[new SeriesKey(Base, PlantedUnits.Layers, Taps.FinalNorm, pair, metric)];

    private static ResultOptions Options() => new() { Study = "planted" };
}
