using Converge.Studies.Conditions;
using Converge.Studies.Metrics;

namespace Converge.Tests.Metrics;

/// <summary>What is measured on captures that are not stored, from planted ones.</summary>
public class UnitMeasuresTests
{
    private const int Blocks = 2, Heads = 2;

    [Fact]
    public void Prompts_share_the_tokens_that_they_end_with()
    {
        Assert.Equal(2, AttentionMeasures.CommonEnd([1, 7, 8], [5, 6, 7, 8]));
        Assert.Equal(3, AttentionMeasures.CommonEnd([1, 7, 8], [1, 7, 8]));
        Assert.Equal(0, AttentionMeasures.CommonEnd([1], [2]));
    }

    [Fact]
    public void Where_icl_equals_it_attention_changes_alike_in_every_block_and_head()
    {
        var at = Attention(learnt: [3, 1], tuned: [3, 1]);
        for (int block = 1; block <= Blocks; block++)
        {
            Assert.Equal(1, at[$"{block} icl-it attention_update"]!.Value, 1e-12);
            Assert.Equal(1, at[$"{block} icl-it attention_map"]!.Value, 1e-12);
            Assert.Equal(1, at[$"{block} icl-it attention_map_change"]!.Value, 1e-12);
            Assert.True(at[$"{block} anchor-icl attention_map"] < 1 - 1e-6);
        }
    }

    [Fact]
    public void Where_they_change_attention_in_opposite_directions_the_change_is_minus_one_and_the_raw_map_is_not()
    {
        var at = Attention(learnt: [1, 0.5f], tuned: [-1, -0.5f]);
        Assert.Equal(-1, at["1 icl-it attention_map_change"]!.Value, 1e-6);
        Assert.True(at["1 icl-it attention_map"] > -0.9);
        Assert.True(at["1 icl-it attention_update"] < 0);
    }

    [Fact]
    public void Where_icl_does_nothing_there_is_no_change_to_compare()
    {
        var at = Attention(learnt: [0, 0], tuned: [1, 2]);
        Assert.Null(at["1 icl-it attention_update"]);
        Assert.Null(at["2 icl-it attention_map_change"]);
        Assert.Equal(1, at["2 anchor-icl attention_map"]!.Value, 1e-12);
    }

    [Fact]
    public void The_vocabulary_tells_agreement_rank_and_argmax()
    {
        // Query 0: the anchor prefers token 0, ICL and IT token 3, which the anchor ranks fourth. Query 1: all prefer token 1.
        float[] anchor = [4, 3, 2, 1, 0], learnt = [1, 2, 3, 5, 0], same = [0, 9, 1, 2, 3];
        var probes = new Dictionary<Condition, ConditionProbe>
        {
            [Condition.Anchor] = Probe([anchor, same]),
            [Condition.Icl] = Probe([learnt, same]),
            [Condition.It] = Probe([learnt, same]),
        };
        var at = VocabularyMeasures.Of(probes, [3, 1]).ToDictionary(one => $"{one.Pair} {one.Metric}", one => one.Values);
        Assert.Equal([0.0, 1], at["anchor vocabulary_accuracy"]);
        Assert.Equal([1.0, 1], at["icl vocabulary_accuracy"]);
        Assert.Equal([4.0, 1], at["anchor-icl token_rank"]);
        Assert.Equal([0.0, 1], at["anchor-it token_unshifted"]);
        Assert.Equal([1.0, 0], at["anchor-it token_shifted"]);
        Assert.Equal([0.0, 0], at["icl-it vocabulary_divergence"]);
        Assert.True(at["anchor-icl vocabulary_divergence"][0] > 1);
        // Ten of five tokens are all of them.
        Assert.Equal([1.0, 1], at["anchor-icl token_overlap"]);
        Assert.Equal(1, at["icl-it token_overlap_cosine"][0]!.Value, 1e-12);
        Assert.True(at["anchor-icl token_overlap_cosine"][0] < 0.5);
        static ConditionProbe Probe(float[][] logits) => new([[1], [1]], [], [], logits);
    }

    // Two queries; ICL and IT add a multiple of one direction to the anchor's outputs and scores. ICL's prompt has two tokens more in front.
    private static Dictionary<string, double?> Attention(float[] learnt, float[] tuned)
    {
        float[] outputs = [1, 0, 0, 1], scores = [1, 2, 0.5f, -1, 0.3f, 1, 2, 0];
        ConditionProbe Probe(float[] added, int[] tokens, int before)
        {
            float[] moved = [.. outputs.Select((x, i) => x + (i % 2 == 0 ? added[0] : added[1]))];
            // [blocks, heads, tokens] with two tokens of the query at the end of each row.
            var attended = Enumerable.Range(0, Blocks * Heads).SelectMany(row => Enumerable.Repeat(9f, before).Concat(new[] { scores[2 * row] + added[0], scores[2 * row + 1] + added[1] }));
            return new([tokens, tokens], [moved, moved], [[.. attended], [.. attended]], []);
        }
        var probes = new Dictionary<Condition, ConditionProbe>
        {
            [Condition.Anchor] = Probe([0, 0], [1, 5, 6], 1),
            [Condition.Icl] = Probe(learnt, [1, 7, 7, 5, 6], 3),
            [Condition.It] = Probe(tuned, [1, 5, 6], 1),
        };
        // BOS is shared too where nothing is in front of the query; here the demonstrations are.
        return AttentionMeasures.Of(probes, Blocks, Heads).ToDictionary(one => $"{one.Layer} {one.Pair} {one.Metric}", one => one.Values[1]);
    }
}
