using Converge.Engine;
using Converge.Studies.Comparison;
using Converge.Studies.Statistics;
using Converge.Tests.Claims;

namespace Converge.Tests.Comparison;

public class StudyComparisonTests
{
    private static readonly BootstrapOptions Options = new() { Resamples = 200 };

    [Fact]
    public void Runs_that_drew_the_same_are_compared_in_pairs_whatever_the_models_are_called()
    {
        var rows = StudyComparison.Of(PlantedStudy.Results(PlantedStudy.Group(PlantedStudy.Between(0.3), model: "small")), PlantedStudy.Results(PlantedStudy.Group(PlantedStudy.Between(0.9), model: "large")), Options);
        var cosine = rows.Single(row => row.First.Key is { Pair: "icl-it", Metric: "cosine" });
        Assert.True(cosine is { Paired: true, Runs: PlantedStudy.Runs, AdjustedP: < 0.05 });
        Assert.Equal(cosine.Second.Estimate.Mean!.Value - cosine.First.Estimate.Mean!.Value, cosine.Difference!.Value, 1e-12);
        Assert.True(cosine.Interval!.Value.Low > 0 && cosine.EffectSize > 1);
        // Anchor and ICL are the same in both.
        var same = rows.Single(row => row.First.Key is { Pair: "anchor-icl", Metric: "cosine" });
        Assert.Equal((0.0, null, null), (same.Difference, same.P, same.EffectSize));
        Assert.Contains(rows, row => row.First.Key.Metric == "accuracy");
        Assert.All(rows, row => Assert.True(row.AdjustedP is null || row.AdjustedP >= row.P));
    }

    [Fact]
    public void Runs_that_drew_otherwise_are_samples_of_their_own()
    {
        var other = PlantedStudy.Group(PlantedStudy.Between(0.9)).Select(unit => unit with { Demonstrations = ["others"] });
        var cosine = StudyComparison.Of(PlantedStudy.Results(PlantedStudy.Group(PlantedStudy.Between(0.3))), PlantedStudy.Results(other), Options)
            .Single(row => row.First.Key is { Pair: "icl-it", Metric: "cosine" });
        Assert.True(cosine is { Paired: false, P: < 0.01, Difference: > 0.1 } && cosine.Interval!.Value.Low > 0);
    }

    [Fact]
    public void Studies_that_do_not_fit_are_refused()
    {
        var first = PlantedStudy.Results(PlantedStudy.Group(PlantedStudy.Between(0.3), runs: 2));
        Assert.Contains("in common", Assert.Throws<BadInputException>(() => StudyComparison.Of(first, PlantedStudy.Results(PlantedStudy.Group(PlantedStudy.Between(0.3), task: "other", runs: 2)), Options)).Message);
        Assert.Contains("no telling", Assert.Throws<BadInputException>(() => StudyComparison.Of(first,
            PlantedStudy.Results(PlantedStudy.Group(PlantedStudy.Between(0.3), model: "a", runs: 2), PlantedStudy.Group(PlantedStudy.Between(0.3), model: "b", runs: 2)), Options)).Message);
    }
}
