using Converge.Engine.Capture;
using Converge.Studies.Conditions;

namespace Converge.Studies.Metrics;

/// <summary>M10 to M12 and M14 of a unit over the whole vocabulary, from the logits of the token that follows each prompt.</summary>
public static class VocabularyMeasures
{
    /// <summary>
    /// Of each condition <c>vocabulary_accuracy</c>: whether the likeliest of all tokens is the right answer's first. Of each pair <c>vocabulary_divergence</c>
    /// (Kullback-Leibler, of the second from the first, nats), <c>token_overlap</c> and <c>token_overlap_cosine</c>. Of ICL and IT against the anchor: the rank
    /// under the anchor of the token that they find likeliest, and whether it is unshifted (1) or shifted (above 3).
    /// </summary>
    /// <param name="probes">Of anchor, ICL and IT.</param>
    /// <param name="answers">For each query the first token of its right answer.</param>
    public static IEnumerable<MetricSeries> Of(IReadOnlyDictionary<Condition, ConditionProbe> probes, IReadOnlyList<int> answers)
    {
        var logs = Conditions.Conditions.All.ToDictionary(condition => condition, condition => probes[condition].Logits.Select(logits => TokenScores.LogProbabilities(logits)).ToArray());
        foreach (var condition in Conditions.Conditions.All)
            yield return Series(condition.Name(), MetricNames.VocabularyAccuracy, query => TokenScores.Greatest(logs[condition][query]) == answers[query] ? 1 : 0);
        foreach (var pair in ConditionPair.All)
        {
            var (first, second) = (logs[pair.First], logs[pair.Second]);
            yield return Series(pair.Name, MetricNames.VocabularyDivergence, query => Divergence.KullbackLeibler(first[query], second[query]));
            yield return Series(pair.Name, MetricNames.TokenOverlap, query => TokenOverlap.Share(first[query], second[query]));
            yield return Series(pair.Name, MetricNames.TokenOverlapCosine, query => TokenOverlap.Confidence(first[query], second[query]));
        }
        foreach (var pair in (ConditionPair[])[ConditionPair.AnchorIcl, ConditionPair.AnchorIt])
        {
            int[] ranks = [.. logs[pair.Second].Select((scores, query) => TokenScores.Rank(logs[Condition.Anchor][query], TokenScores.Greatest(scores)))];
            yield return Series(pair.Name, MetricNames.TokenRank, query => ranks[query]);
            yield return Series(pair.Name, MetricNames.TokenUnshifted, query => TokenShift.KindOf(ranks[query]) == ShiftKind.Unshifted ? 1 : 0);
            yield return Series(pair.Name, MetricNames.TokenShifted, query => TokenShift.KindOf(ranks[query]) == ShiftKind.Shifted ? 1 : 0);
        }

        MetricSeries Series(string of, string metric, Func<int, double?> value) => new(null, Taps.Logits, of, metric, true, [.. Enumerable.Range(0, answers.Count).Select(value)]);
    }
}
