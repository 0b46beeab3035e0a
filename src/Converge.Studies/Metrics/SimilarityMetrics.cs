using Converge.Studies.Conditions;

namespace Converge.Studies.Metrics;

/// <summary>Everything that is measured between the states of a unit's conditions at one tap.</summary>
internal static class SimilarityMetrics
{
    /// <summary>The pair that stands for ICL's shift against random directions (C7).</summary>
    public const string IclRandom = "icl-random";

    /// <summary>The series of a tap.</summary>
    /// <param name="tap">A name of <see cref="Taps"/>.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="run">The run's number, for the random directions.</param>
    /// <param name="states">The states of each condition, [queries, hidden].</param>
    public static IEnumerable<MetricSeries> At(string tap, int layer, int run, IReadOnlyDictionary<Condition, StateMatrix> states)
    {
        var grams = states.ToDictionary(entry => entry.Key, entry => GramMatrix.Of(entry.Value));
        var distances = states.ToDictionary(entry => entry.Key, entry => DistanceMatrix.Of(entry.Value));
        foreach (var pair in ConditionPair.Among(states.Keys))
        {
            var (first, second) = (states[pair.First], states[pair.Second]);
            yield return PerQuery(pair.Name, MetricNames.Cosine, Cosine.PerQuery(first, second));
            yield return PerQuery(pair.Name, MetricNames.CentredCosine, CentredCosine.PerQuery(first, second));
            yield return Whole(pair.Name, MetricNames.Cka, LinearCka.Unbiased(grams[pair.First], grams[pair.Second]));
            yield return Whole(pair.Name, MetricNames.CkaBiased, LinearCka.Biased(grams[pair.First], grams[pair.Second]));
            yield return Whole(pair.Name, MetricNames.Rsa, RepresentationalSimilarity.Of(grams[pair.First], grams[pair.Second]));
            yield return PerQuery(pair.Name, MetricNames.NeighbourhoodOverlap, NeighbourhoodOverlap.PerQuery(distances[pair.First], distances[pair.Second]));
        }
        var (anchor, icl, it) = (states[Condition.Anchor], states[Condition.Icl], states[Condition.It]);
        yield return PerQuery(ConditionPair.IclIt.Name, MetricNames.ShiftCosine, Shift.CosinePerQuery(anchor, icl, it));
        yield return PerQuery(IclRandom, MetricNames.ShiftCosine, RandomDirections.CosinePerQuery(Shift.Of(anchor, icl), run));
        yield return PerQuery(ConditionPair.IclIt.Name, MetricNames.ShiftNormRatio, Shift.NormRatioPerQuery(anchor, icl, it));
        foreach (var condition in Conditions.Conditions.All)
        {
            yield return Whole(condition.Name(), MetricNames.Anisotropy, Anisotropy.Of(states[condition]));
            yield return Whole(condition.Name(), MetricNames.IntrinsicDimension, IntrinsicDimension.TwoNearestNeighbours(distances[condition]));
        }

        MetricSeries PerQuery(string of, string metric, double?[] values) => new(layer, tap, of, metric, true, values);
        MetricSeries Whole(string of, string metric, double? value) => new(layer, tap, of, metric, false, [value]);
    }
}
