using Converge.Engine.Tuning;
using Converge.Numerics;
using Converge.Studies.Metrics;

namespace Converge.Tests.Metrics;

/// <summary>M6 to M8 and M15: metrics of attention and of adapters.</summary>
public class AttentionMetricTests
{
    [Fact]
    public void Attention_updates_are_compared_after_normalising()
    {
        // From (1, 0) to (0, 1) and to (0, -1): updates (-1, 1) and (-1, -1), at right angles; lengths do not matter.
        Assert.Equal(0, AttentionUpdate.PerQuery(Rows.Of([2.0, 0]), Rows.Of([0.0, 3]), Rows.Of([0.0, -5]))[0]!.Value, 1e-15);
        Assert.Equal(1, AttentionUpdate.PerQuery(Rows.Of([2.0, 0]), Rows.Of([0.0, 3]), Rows.Of([0.0, 1]))[0]!.Value, 1e-15);
        // Only longer: nothing is updated.
        Assert.Null(AttentionUpdate.PerQuery(Rows.Of([2.0, 0]), Rows.Of([4.0, 0]), Rows.Of([0.0, 1]))[0]);
    }

    [Fact]
    public void Attention_maps_are_averaged_over_heads_raw_and_less_the_anchor()
    {
        double[] anchor = [1, 0, 1, 1], icl = [2, 0, 1, 2], it = [2, 0, 2, 1];
        // Raw: head 0 equal directions, head 1 (1, 2) and (2, 1): 4 / 5. Changes: head 0 (1, 0) both; head 1 (0, 1) and (1, 0).
        Assert.Equal((1 + 0.8) / 2, AttentionMap.Similarity(icl, it, 2)!.Value, 1e-15);
        Assert.Equal(0.5, AttentionMap.ChangeSimilarity(anchor, icl, it, 2)!.Value, 1e-15);
        // A head in which nothing changes has no direction and does not count.
        Assert.Equal(1, AttentionMap.ChangeSimilarity(anchor, [2, 0, 1, 1], [3, 0, 1, 1], 2)!.Value, 1e-15);
        Assert.Null(AttentionMap.ChangeSimilarity(anchor, anchor, it, 2));
    }

    [Fact]
    public void Attention_to_training_tokens_is_ranked_against_their_weights()
    {
        Assert.Equal([1.0, 4, 2], TrainingAttention.Weights(Rows.Of([1.0, 0], [0, 2], [2, 0]), [1.0, 2]));
        Assert.Equal(1, TrainingAttention.Tau([0.1, 0.2, 0.7], [1, 2, 3])!.Value, 1e-15);
        Assert.Equal(1 / 3.0, TrainingAttention.Tau([0.1, 0.2, 0.7], [1, 3, 2])!.Value, 1e-15);
        Assert.Equal(0.5, TrainingAttention.Recall([0.1, 0.2, 0.3, 0.4], [3, 0, 1, 2], 2));
        Assert.Equal(1.0, TrainingAttention.Recall([0.1, 0.2, 0.7], [1, 2, 3], 2));
        Assert.Equal(0.0, TrainingAttention.Recall([0.1, 0.2, 0.3, 0.4], [3, 2, 0, 1], 2));
        Assert.Null(TrainingAttention.Recall([0.1, 0.2], [1, 2], 2));
    }

    [Fact]
    public void Adapters_overlap_by_the_directions_they_write_into()
    {
        float[] a = [1, 0, 0, 1, 1, 0];
        (float[] A, float[] B) first = (a, [1, 0, 0, 1, 0, 0, 0, 0]), half = (a, [1, 0, 0, 0, 0, 1, 0, 0]), apart = (a, [0, 0, 0, 0, 1, 0, 0, 1]);
        Assert.Equal(1, Overlap(first, first, 4)!.Value, 1e-6);
        Assert.Equal(0.5, Overlap(first, half, 4)!.Value, 1e-6);
        Assert.Equal(0, Overlap(first, apart, 4)!.Value, 1e-6);
        // Another basis of the same directions, and other inputs, change nothing.
        Assert.Equal(1, Overlap(first, ([0, 1, 2, 5, 0, 1], [1, 2, 3, -1, 0, 0, 0, 0]), 4)!.Value, 1e-6);
        Assert.Null(Overlap(first, (a, new float[8]), 4));
        // Unrelated ones overlap by rank / outputs.
        double mean = Enumerable.Range(0, 40).Average(seed => Overlap((Random(12, seed), Random(64, seed + 100)), (Random(12, seed + 200), Random(64, seed + 300)), 32)!.Value);
        Assert.Equal(2 / 32.0, mean, 0.02);
        static double? Overlap((float[] A, float[] B) one, (float[] A, float[] B) other, int outputs) => AdapterOverlap.Of(Directions(one, outputs), Directions(other, outputs));
        static AdapterDirections Directions((float[] A, float[] B) of, int outputs) => new(1, "q_proj", outputs, AdapterOverlap.LeftSingularVectors(new LoraPair(of.A, of.B), of.B.Length / outputs));
        static float[] Random(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => (float)Philox.NormalAt((ulong)seed, 5, (ulong)i))];
    }
}
