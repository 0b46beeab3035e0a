using Converge.Studies.Conditions;

namespace Converge.Studies.Metrics;

/// <summary>
/// Differences between series of the same unit, paired query by query: they carry the comparisons that the study is about. They appear in
/// the summary only, since each value follows from two of the tidy table.
/// </summary>
public static class Contrasts
{
    private const string Minus = "_minus_";

    /// <summary>The name of a difference: <c>icl-it_minus_anchor-icl</c>.</summary>
    public static string Name(string first, string second) => first + Minus + second;

    /// <summary>Whether <paramref name="pair"/> is the name of a difference.</summary>
    public static bool IsName(string pair) => pair.Contains(Minus, StringComparison.Ordinal);

    /// <summary>
    /// Of a unit's similarities, at every tap: ICL-IT less each of the other pairs (cosine and centred cosine); the anisotropy level that
    /// belongs to each pair, which is the higher of its two conditions'; each pair's cosine less that level; and the shift cosine less that of random
    /// directions.
    /// </summary>
    public static IEnumerable<MetricSeries> OfSimilarities(IEnumerable<MetricSeries> similarities)
    {
        foreach (var tap in similarities.GroupBy(series => (series.Layer, series.Tap)))
        {
            var by = tap.ToDictionary(series => (series.Metric, series.Pair));
            foreach (var metric in (string[])[MetricNames.Cosine, MetricNames.CentredCosine])
                foreach (var other in (ConditionPair[])[ConditionPair.AnchorIcl, ConditionPair.AnchorIt])
                    yield return Difference(by[(metric, ConditionPair.IclIt.Name)], by[(metric, other.Name)], other.Name);
            foreach (var pair in ConditionPair.All)
            {
                var cosine = by[(MetricNames.Cosine, pair.Name)];
                double? first = by[(MetricNames.Anisotropy, pair.First.Name())].Values[0], second = by[(MetricNames.Anisotropy, pair.Second.Name())].Values[0];
                double? level = first is { } a && second is { } b ? Math.Max(a, b) : null;
                var levels = cosine with { Metric = MetricNames.Anisotropy, PerQuery = false, Values = [level] };
                yield return levels;
                yield return Difference(cosine, levels with { Values = [.. Enumerable.Repeat(level, cosine.Values.Count)] }, MetricNames.Anisotropy);
            }
            yield return Difference(by[(MetricNames.ShiftCosine, ConditionPair.IclIt.Name)], by[(MetricNames.ShiftCosine, SimilarityMetrics.IclRandom)], SimilarityMetrics.IclRandom);
        }
    }

    /// <summary>Of cosines split by prediction: ICL-IT less each of the other pairs, where all three conditions predict the same label.</summary>
    public static IEnumerable<MetricSeries> OfSplits(IEnumerable<MetricSeries> splits)
    {
        var by = splits.Where(series => series.Metric == MetricNames.CosineSamePrediction).ToDictionary(series => series.Pair);
        if (by.Count == 0) yield break;
        foreach (var other in (ConditionPair[])[ConditionPair.AnchorIcl, ConditionPair.AnchorIt])
            yield return Difference(by[ConditionPair.IclIt.Name], by[other.Name], other.Name);
    }

    /// <summary>The differences between conditions that are taken: of ICL and IT from the anchor, and of ICL from IT.</summary>
    public static IReadOnlyList<(Condition First, Condition Second)> OfConditions { get; } = [(Condition.Icl, Condition.Anchor), (Condition.It, Condition.Anchor), (Condition.Icl, Condition.It)];

    /// <summary>Of what a unit's conditions make of the answers: the differences of <see cref="OfConditions"/> in accuracy, or in log-likelihood per token and chrF.</summary>
    public static IEnumerable<MetricSeries> OfAnswers(IEnumerable<MetricSeries> answers)
    {
        foreach (var metric in answers.Where(series => series.Metric is MetricNames.Accuracy or MetricNames.LogLikelihood or MetricNames.Chrf).GroupBy(series => series.Metric))
        {
            var by = metric.ToDictionary(series => series.Pair);
            foreach (var (first, second) in OfConditions)
                yield return Difference(by[first.Name()], by[second.Name()], second.Name());
        }
    }

    private static MetricSeries Difference(MetricSeries first, MetricSeries second, string secondName) => first with
    {
        Pair = Name(first.Pair, secondName),
        Values = [.. first.Values.Zip(second.Values, (a, b) => a - b)],
    };
}
