using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;

namespace Converge.Tests.Metrics;

public class UnitMetricsTests
{
    [Fact]
    public void Every_tap_has_the_three_pairs_and_the_three_conditions_and_shifts_for_icl_it_alone()
    {
        var series = UnitMetrics.Similarities(PlantedUnits.Unit(PlantedUnits.OppositeDirections, 0)).ToList();
        foreach (var tap in series.GroupBy(one => (one.Tap, one.Layer)))
            Assert.Equal(
                [
                    "anchor anisotropy", "anchor intrinsic_dimension", .. Pair("anchor-icl"), .. Pair("anchor-it"), "icl anisotropy", "icl intrinsic_dimension",
                    .. Pair("icl-it"), "icl-it shift_cosine", "icl-it shift_norm_ratio", "icl-random shift_cosine", "it anisotropy", "it intrinsic_dimension",
                ],
                tap.Select(one => $"{one.Pair} {one.Metric}").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["final_norm 5", .. Enumerable.Range(0, PlantedUnits.Layers + 1).Select(layer => $"resid_post {layer}")],
            series.Select(one => $"{one.Tap} {one.Layer}").Distinct().Order(StringComparer.Ordinal));
        static IEnumerable<string> Pair(string name) =>
            ((string[])["centred_cosine", "cka", "cka_biased", "cosine", "neighbourhood_overlap", "rsa"]).Select(metric => $"{name} {metric}");
    }

    [Fact]
    public void When_icl_equals_it_every_icl_it_similarity_is_one()
    {
        var series = UnitMetrics.Similarities(PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 3)).Where(one => one.Pair == "icl-it").ToList();
        Assert.All(series.SelectMany(one => one.Values), value => Assert.Equal(1.0, value!.Value, 1e-12));
    }

    [Fact]
    public void When_icl_does_nothing_the_geometry_of_anchor_and_icl_is_the_same_and_that_of_it_another()
    {
        var at = UnitMetrics.Similarities(PlantedUnits.Unit(PlantedUnits.IclDoesNothing, 1)).Where(one => one.Tap == Taps.FinalNorm).ToDictionary(one => $"{one.Pair} {one.Metric}", one => one.Mean());
        foreach (var metric in (string[])[MetricNames.Cka, MetricNames.CkaBiased, MetricNames.Rsa, MetricNames.NeighbourhoodOverlap])
        {
            Assert.Equal(1, at[$"anchor-icl {metric}"]!.Value, 1e-12);
            Assert.True(at[$"icl-it {metric}"] < 0.99);
            Assert.Equal(at[$"anchor-it {metric}"]!.Value, at[$"icl-it {metric}"]!.Value, 1e-12);
        }
        Assert.Equal(at["anchor intrinsic_dimension"], at["icl intrinsic_dimension"]);
        Assert.Null(at["icl-random shift_cosine"]);
    }

    [Fact]
    public void Cosines_are_split_by_whether_the_conditions_predict_the_same()
    {
        // The anchor says 0 always; ICL 0 for even queries and 1 for odd ones; IT 0 for queries below 4 and 1 above.
        var unit = PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 0, (condition, query) => condition switch
        {
            Condition.Icl when query % 2 == 1 => [-2, -1],
            Condition.It when query >= 4 => [-2, -1],
            _ => [-1, -2],
        });
        var similarities = UnitMetrics.Similarities(unit).ToList();
        var cosines = similarities.Single(one => one is { Tap: Taps.FinalNorm, Pair: "anchor-icl", Metric: MetricNames.Cosine }).Values;
        var splits = UnitMetrics.SplitByPrediction(unit, similarities).ToDictionary(one => $"{one.Pair} {one.Metric}");
        Assert.Equal([cosines[0], null, cosines[2], null, null, null, null, null], splits["anchor-icl cosine_same_prediction"].Values);
        Assert.Equal([null, cosines[1], null, cosines[3], null, cosines[5], null, cosines[7]], splits["anchor-icl cosine_other_prediction"].Values);
        Assert.Equal([false, true, false, true, true, false, true, false], splits["icl-it cosine_other_prediction"].Values.Select(value => value is not null));
        var contrast = Contrasts.OfSplits(splits.Values).Single(one => one.Pair == "icl-it_minus_anchor-icl").Values;
        Assert.Equal(1 - cosines[0]!.Value, contrast[0]!.Value, 1e-12);
        Assert.Null(contrast[1]);
        Assert.Empty(UnitMetrics.SplitByPrediction(PlantedUnits.Translation(PlantedUnits.IclEqualsIt, 0, (_, _) => -1), similarities));
    }

    [Fact]
    public void When_icl_does_nothing_its_shift_has_no_direction_and_anchor_it_equals_icl_it()
    {
        var at = UnitMetrics.Similarities(PlantedUnits.Unit(PlantedUnits.IclDoesNothing, 1)).Where(one => one.Tap == Taps.FinalNorm).ToDictionary(one => $"{one.Pair} {one.Metric}");
        Assert.All(at["icl-it shift_cosine"].Values, value => Assert.Null(value));
        Assert.All(at["icl-it shift_norm_ratio"].Values, value => Assert.Equal(0.0, value));
        Assert.Equal(at["anchor-it cosine"].Values, at["icl-it cosine"].Values);
        Assert.All(at["anchor-icl cosine"].Values, value => Assert.Equal(1.0, value));
    }

    [Fact]
    public void Opposite_directions_have_a_shift_cosine_of_minus_one_and_a_norm_ratio_of_one_half()
    {
        var series = UnitMetrics.Similarities(PlantedUnits.Unit(PlantedUnits.OppositeDirections, 2)).ToList();
        Assert.All(series.Where(one => one is { Pair: "icl-it", Metric: MetricNames.ShiftCosine }).SelectMany(one => one.Values), value => Assert.Equal(-1.0, value!.Value, 1e-15));
        Assert.All(series.Where(one => one.Metric == MetricNames.ShiftNormRatio).SelectMany(one => one.Values), value => Assert.Equal(0.5, value!.Value, 1e-15));
    }

    [Fact]
    public void Convergence_planted_at_layer_3_is_found_there_and_nowhere_else()
    {
        var equal = UnitMetrics.Similarities(PlantedUnits.Unit(PlantedUnits.OnlyLayer3Converges, 0))
            .Where(one => one is { Pair: "icl-it", Metric: MetricNames.Cosine } && one.Values.All(value => value == 1.0));
        var found = Assert.Single(equal);
        Assert.Equal((Taps.ResidPost, 3), (found.Tap, found.Layer));
    }

    [Fact]
    public void Contrasts_are_paired_by_query_and_take_the_higher_anisotropy_of_the_two_conditions()
    {
        var similarities = UnitMetrics.Similarities(PlantedUnits.Unit(PlantedUnits.OppositeDirections, 4)).Where(one => one.Tap == Taps.FinalNorm).ToList();
        var at = similarities.Concat(Contrasts.OfSimilarities(similarities)).ToDictionary(one => $"{one.Pair} {one.Metric}");
        for (int query = 0; query < PlantedUnits.Queries; query++)
        {
            Assert.Equal(at["icl-it cosine"].Values[query] - at["anchor-icl cosine"].Values[query], at["icl-it_minus_anchor-icl cosine"].Values[query]);
            Assert.Equal(at["icl-it centred_cosine"].Values[query] - at["anchor-it centred_cosine"].Values[query], at["icl-it_minus_anchor-it centred_cosine"].Values[query]);
            double level = Math.Max(at["icl anisotropy"].Values[0]!.Value, at["it anisotropy"].Values[0]!.Value);
            Assert.Equal(at["icl-it cosine"].Values[query] - level, at["icl-it_minus_anisotropy cosine"].Values[query]);
        }
    }

    [Fact]
    public void Accuracy_and_agreement_follow_the_label_probabilities()
    {
        // The anchor is always wrong, ICL always right, IT right for even queries.
        var unit = PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 0, (condition, query) =>
            (condition, right: query % 2) switch
            {
                (Condition.Anchor, var gold) => gold == 0 ? [-2, -1] : [-1, -2],
                (Condition.Icl, var gold) => gold == 0 ? [-1, -2] : [-2, -1],
                _ => [-1, -2],
            });
        var mean = UnitMetrics.Answers(unit).ToDictionary(one => $"{one.Pair} {one.Metric}", one => one.Mean());
        Assert.Equal((0.0, 1.0, 0.5), (mean["anchor accuracy"], mean["icl accuracy"], mean["it accuracy"]));
        Assert.Equal((0.0, 0.5, 0.5), (mean["anchor-icl agreement"], mean["anchor-it agreement"], mean["icl-it agreement"]));
        // All that IT mends ICL has right.
        Assert.Equal(1.0, mean["icl-it recovery"]);
        // Two distributions over two labels, (q, 1 - q) and its mirror image, or equal ones.
        double q = 1 / (1 + Math.Exp(-1)), divergence = 1 + q * Math.Log2(q) + (1 - q) * Math.Log2(1 - q);
        Assert.Equal(divergence, mean["anchor-icl label_divergence"]!.Value, 1e-12);
        Assert.Equal(divergence / 2, mean["icl-it label_divergence"]!.Value, 1e-12);
        var contrasts = Contrasts.OfAnswers(UnitMetrics.Answers(unit)).ToDictionary(one => one.Pair, one => one.Mean());
        Assert.Equal((1.0, 0.5, 0.5), (contrasts["icl_minus_anchor"], contrasts["it_minus_anchor"], contrasts["icl_minus_it"]));
    }

    [Fact]
    public void Likelihoods_follow_the_references_and_their_differences_are_paired_by_query()
    {
        // A reference of n tokens has -n^2 under the anchor; ICL adds 1 and IT 2 nats to the whole of it.
        double Of(Condition condition, int query) => -Math.Pow(1 + query % 3, 2) + (int)condition;
        var unit = PlantedUnits.Translation(PlantedUnits.IclEqualsIt, 0, Of);
        var series = UnitMetrics.Answers(unit).ToList();
        Assert.Equal(["bits_per_byte", "log_likelihood_per_token", "perplexity"], series.Select(one => one.Metric).Distinct().Order());
        var at = series.ToDictionary(one => $"{one.Pair} {one.Metric}");
        Assert.Equal([-1, -2, -3, -1, -2, -3, -1, -2], at["anchor log_likelihood_per_token"].Values);
        var gain = Contrasts.OfAnswers(series).ToDictionary(one => one.Pair);
        for (int query = 0; query < PlantedUnits.Queries; query++)
        {
            int tokens = 1 + query % 3;
            Assert.Equal(1.0 / tokens, gain["icl_minus_anchor"].Values[query]!.Value, 1e-12);
            Assert.Equal(2.0 / tokens, gain["it_minus_anchor"].Values[query]!.Value, 1e-12);
            Assert.Equal(-1.0 / tokens, gain["icl_minus_it"].Values[query]!.Value, 1e-12);
        }
        Assert.All(gain.Values, one => Assert.Equal(MetricNames.LogLikelihood, one.Metric));
        // 15 tokens and 31 bytes in 8 references, whose log-probabilities sum to -(3 + 3 x 4 + 2 x 9) + 8.
        Assert.Equal(Math.Exp(25 / 15.0), Assert.Single(at["icl perplexity"].Values)!.Value, 1e-12);
        Assert.Equal(25 / (31 * Math.Log(2)), Assert.Single(at["icl bits_per_byte"].Values)!.Value, 1e-12);
    }

    [Fact]
    public void References_that_do_not_fit_are_refused()
    {
        var unit = PlantedUnits.Translation(PlantedUnits.IclEqualsIt, 7, (_, _) => -1);
        var references = (ReferenceAnswers)unit.Answers;
        Assert.Throws<BadInputException>(() => UnitMetrics.Answers(unit with { Answers = references with { Tokens = [.. references.Tokens.Skip(1)] } }));
        Assert.Throws<BadInputException>(() => UnitMetrics.Answers(unit with { Answers = references with { Tokens = [[], .. references.Tokens.Skip(1)] } }));
        // One score a label is not one score a reference.
        var labelled = PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 7);
        Assert.Contains("anchor answers' log-probabilities: 16 values where 8 are expected", Assert.Throws<BadInputException>(() => UnitMetrics.Answers(labelled with { Answers = references })).Message);
    }

    [Fact]
    public void Arrays_that_do_not_fit_are_refused_in_one_line_that_names_the_unit()
    {
        var unit = PlantedUnits.Unit(PlantedUnits.IclEqualsIt, 7);
        var cut = unit.States.ToDictionary();
        cut[Condition.It] = cut[Condition.It] with { ResidPost = new float[5] };
        var error = Assert.Throws<BadInputException>(() => UnitMetrics.Similarities(unit with { States = cut }));
        Assert.Contains("planted/sentiment/base/base/7", error.Message);
        Assert.Contains("it resid_post: 5 values where 576 are expected", error.Message);
        Assert.Throws<BadInputException>(() => UnitMetrics.Similarities(unit with { Answers = (LabelAnswers)unit.Answers with { Gold = [0] } }));
    }
}
