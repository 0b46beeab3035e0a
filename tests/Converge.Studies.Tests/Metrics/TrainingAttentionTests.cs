using Converge.Studies.Conditions;
using Converge.Studies.Metrics;

namespace Converge.Tests.Metrics;

/// <summary>M8 from planted scores and weights.</summary>
public class TrainingAttentionTests
{
    [Fact]
    public void Attention_is_the_mean_over_heads_of_the_softmax_over_the_whole_prompt()
    {
        // Two heads over four tokens, of which the middle two are demonstration tokens. Softmaxes: (1, 2, 3, 4) / 10 and (1, 4, 1, 2) / 8.
        float[] scores = [.. new[] { 1.0, 2, 3, 4, 1, 4, 1, 2 }.Select(value => (float)Math.Log(value))];
        TrainingToken[] tokens = [new(1, 0, 0), new(2, 0, 1)];
        // Means: (0.2 + 0.5) / 2 and (0.3 + 0.125) / 2: the first token is attended to more, though the first head and the mean score say otherwise.
        Assert.Equal(1, Tau(scores, [5, 4], tokens, heads: 2));
        Assert.Equal(-1, Tau(scores, [4, 5], tokens, heads: 2));
        Assert.Null(Tau(scores, [4, 4], tokens, heads: 2));
        static double? Tau(float[] scores, double[] weights, TrainingToken[] tokens, int heads) => TrainingAttentionMeasures.Of([scores], weights, tokens, 1, heads).First().Values[0];
    }

    [Fact]
    public void Each_query_and_block_has_its_own_weights_and_the_ten_greatest_are_recalled()
    {
        const int Tokens = 12;
        TrainingToken[] tokens = [.. Enumerable.Range(0, Tokens).Select(i => new TrainingToken(i, 0, i))];
        float[] rising = [.. Enumerable.Range(0, Tokens).Select(i => (float)i)], falling = [.. rising.Reverse()];
        double[] up = [.. rising.Select(value => (double)value)], down = [.. falling.Select(value => (double)value)];
        // [blocks, queries, tokens]: block 1 agrees for both queries, block 2 for the second alone.
        double[] weights = [.. up, .. down, .. down, .. down];
        var measured = TrainingAttentionMeasures.Of([[.. rising, .. rising], [.. falling, .. falling]], weights, tokens, 2, 1).ToDictionary(one => $"{one.Layer} {one.Metric}");
        Assert.Equal([1.0, 1], measured["1 training_attention_tau"].Values);
        Assert.Equal([-1.0, 1], measured["2 training_attention_tau"].Values);
        Assert.Equal([1.0, 1], measured["1 training_attention_recall"].Values);
        // Of ten out of twelve, taken from either end, eight are common.
        Assert.Equal([0.8, 1], measured["2 training_attention_recall"].Values);
        Assert.All(measured.Values, one => Assert.Equal(("attn_scores", "icl-it", true), (one.Tap, one.Pair, one.PerQuery)));
    }
}
