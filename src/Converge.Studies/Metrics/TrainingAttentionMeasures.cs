using Converge.Studies.Conditions;

namespace Converge.Studies.Metrics;

/// <summary>M8 of a unit, block by block.</summary>
public static class TrainingAttentionMeasures
{
    /// <summary>
    /// <c>training_attention_tau</c> and <c>training_attention_recall</c> of ICL-IT. A demonstration token's attention is the last token's under ICL: the scores' softmax over
    /// the whole prompt, averaged over the heads; its weight in tuning is the inner product over all heads of its attention query in the tuning row and that of the
    /// last token, both under the tuned model.
    /// </summary>
    /// <param name="scores">For every query [blocks, heads, tokens]: the last token's attention scores under ICL, before the softmax.</param>
    /// <param name="weights">[blocks, queries, training tokens]: the weights in tuning.</param>
    /// <param name="tokens">The training tokens.</param>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="heads">The number of heads.</param>
    public static IEnumerable<MetricSeries> Of(IReadOnlyList<float[]> scores, double[] weights, IReadOnlyList<TrainingToken> tokens, int blocks, int heads)
    {
        int queries = scores.Count;
        for (int block = 0; block < blocks; block++)
        {
            double?[] taus = new double?[queries], recalls = new double?[queries];
            for (int query = 0; query < queries; query++)
            {
                double[] attention = Attention(scores[query], block, blocks, heads, tokens);
                var weight = weights.AsSpan((block * queries + query) * tokens.Count, tokens.Count);
                taus[query] = TrainingAttention.Tau(attention, weight);
                recalls[query] = TrainingAttention.Recall(attention, weight, TrainingAttention.Tokens);
            }
            yield return new(block + 1, Taps.AttnScores, ConditionPair.IclIt.Name, MetricNames.TrainingAttentionTau, true, taus);
            yield return new(block + 1, Taps.AttnScores, ConditionPair.IclIt.Name, MetricNames.TrainingAttentionRecall, true, recalls);
        }
    }

    private static double[] Attention(float[] scores, int block, int blocks, int heads, IReadOnlyList<TrainingToken> tokens)
    {
        int length = scores.Length / (blocks * heads);
        var attention = new double[tokens.Count];
        for (int head = 0; head < heads; head++)
        {
            var row = scores.AsSpan((block * heads + head) * length, length);
            double greatest = double.NegativeInfinity, sum = 0;
            foreach (float score in row) greatest = Math.Max(greatest, score);
            foreach (float score in row) sum += Math.Exp(score - greatest);
            for (int i = 0; i < attention.Length; i++) attention[i] += Math.Exp(row[tokens[i].InContext] - greatest) / (sum * heads);
        }
        return attention;
    }
}
