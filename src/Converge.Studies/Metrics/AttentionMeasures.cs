using Converge.Studies.Conditions;

namespace Converge.Studies.Metrics;

/// <summary>M6 and M7 of a unit, block by block.</summary>
public static class AttentionMeasures
{
    /// <summary>
    /// <c>attention_update</c> of ICL-IT from the last token's attention outputs; <c>attention_map</c> of the three pairs and <c>attention_map_change</c> of ICL-IT from its
    /// scores over the query's tokens: those that all three prompts end with alike.
    /// </summary>
    /// <param name="probes">Of anchor, ICL and IT.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="heads">The number of heads.</param>
    public static IEnumerable<MetricSeries> Of(IReadOnlyDictionary<Condition, ConditionProbe> probes, int blocks, int heads)
    {
        var (anchor, icl, it) = (probes[Condition.Anchor], probes[Condition.Icl], probes[Condition.It]);
        int queries = anchor.Tokens.Count;
        int[] shared = [.. Enumerable.Range(0, queries).Select(query => Math.Min(CommonEnd(anchor.Tokens[query], icl.Tokens[query]), CommonEnd(anchor.Tokens[query], it.Tokens[query])))];
        for (int block = 0; block < blocks; block++)
        {
            yield return Series(block, Taps.AttnOut, ConditionPair.IclIt.Name, MetricNames.AttentionUpdate,
                AttentionUpdate.PerQuery(Outputs(anchor, block, blocks), Outputs(icl, block, blocks), Outputs(it, block, blocks)));
            var scores = Conditions.Conditions.All.ToDictionary(condition => condition, condition => Scores(probes[condition], block, blocks, heads, shared));
            foreach (var pair in ConditionPair.All)
                yield return Series(block, Taps.AttnScores, pair.Name, MetricNames.AttentionMap,
                    [.. Enumerable.Range(0, queries).Select(query => AttentionMap.Similarity(scores[pair.First][query], scores[pair.Second][query], heads))]);
            yield return Series(block, Taps.AttnScores, ConditionPair.IclIt.Name, MetricNames.AttentionMapChange,
                [.. Enumerable.Range(0, queries).Select(query => AttentionMap.ChangeSimilarity(scores[Condition.Anchor][query], scores[Condition.Icl][query], scores[Condition.It][query], heads))]);
        }
    }

    /// <summary>The number of tokens that two prompts end with alike.</summary>
    public static int CommonEnd(int[] first, int[] second)
    {
        int length = 0;
        while (length < first.Length && length < second.Length && first[^(length + 1)] == second[^(length + 1)]) length++;
        return length;
    }

    private static MetricSeries Series(int block, string tap, string pair, string metric, double?[] values) => new(block + 1, tap, pair, metric, true, values);

    private static StateMatrix Outputs(ConditionProbe probe, int block, int blocks)
    {
        int width = probe.AttentionOutputs[0].Length / blocks;
        return new StateMatrix(probe.Tokens.Count, width, [.. probe.AttentionOutputs.SelectMany(values => values.Skip(block * width).Take(width).Select(value => (double)value))]);
    }

    // For every query [heads, shared tokens].
    private static double[][] Scores(ConditionProbe probe, int block, int blocks, int heads, int[] shared) => [.. probe.AttentionScores.Select((scores, query) =>
    {
        int tokens = scores.Length / (blocks * heads), from = tokens - shared[query];
        var kept = new double[heads * shared[query]];
        for (int head = 0; head < heads; head++)
            for (int i = 0; i < shared[query]; i++)
                kept[head * shared[query] + i] = scores[(block * heads + head) * tokens + from + i];
        return kept;
    })];
}
