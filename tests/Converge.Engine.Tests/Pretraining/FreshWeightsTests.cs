using Converge.Engine.Checkpoints;
using Converge.Engine.Pretraining;

namespace Converge.Engine.Tests.Pretraining;

/// <summary>The weights that a pretraining starts from.</summary>
public sealed class FreshWeightsTests
{
    private static readonly InitialScales s_scales = new(Embedding: 0.3, Linear: 0.7, Residual: 0.2);

    [Fact]
    public void Matrices_spread_as_their_scales_say_and_vectors_are_ones_and_zeros()
    {
        var config = TinyTraining.Config with { HiddenSize = 48, IntermediateSize = 80, HeadDim = 16, VocabSize = 100, Layers = 3 };
        using var trainer = Pretrainer.Start(config, s_scales, 1, 1);
        foreach (var tensor in LlamaTensors.Of(config))
        {
            float[] values = trainer.Parameters[tensor.Name].Span.ToArray();
            if (tensor.IsVector)
            {
                Assert.All(values, value => Assert.Equal(tensor.Name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1, value));
                continue;
            }
            double expected = tensor.Name switch
            {
                "model.embed_tokens.weight" or "lm_head.weight" => 0.3,
                _ when tensor.Name.Contains("o_proj") => 0.2 / Math.Sqrt(2 * 3 * 48),
                _ when tensor.Name.Contains("down_proj") => 0.2 / Math.Sqrt(2 * 3 * 80),
                _ => 0.7 / Math.Sqrt(48),
            };
            // Five standard errors of a standard deviation and of a mean; at least one value in thousands is beyond three deviations where they are normal.
            double deviation = Math.Sqrt(values.Average(value => (double)value * value)), count = values.Length;
            Assert.InRange(deviation, expected * (1 - 5 / Math.Sqrt(2 * count)), expected * (1 + 5 / Math.Sqrt(2 * count)));
            Assert.InRange(values.Average(), -5 * expected / Math.Sqrt(count), 5 * expected / Math.Sqrt(count));
            if (count > 4000) Assert.Contains(values, value => Math.Abs(value) > 3 * expected);
        }
    }

    [Fact]
    public void An_element_is_a_function_of_seed_tensor_and_place()
    {
        var config = TinyTraining.Config;
        using Pretrainer one = Pretrainer.Start(config, s_scales, 1, 1), same = Pretrainer.Start(config, s_scales, 1, 2), other = Pretrainer.Start(config, s_scales, 2, 1);
        using var larger = Pretrainer.Start(config with { VocabSize = 40 }, s_scales, 1, 1);
        TinyTraining.AssertSame(one, same);
        var seen = new HashSet<float>();
        foreach (var tensor in LlamaTensors.Of(config).Where(tensor => !tensor.IsVector))
        {
            float[] values = one.Parameters[tensor.Name].Span.ToArray();
            Assert.NotEqual(values, other.Parameters[tensor.Name].Span.ToArray());
            // More tokens: the same numbers for those that were there, and for all other tensors.
            Assert.Equal(values, larger.Parameters[tensor.Name].Span[..values.Length].ToArray());
            // Tensors of one shape are not copies of each other.
            Assert.True(seen.Add(values[0]), tensor.Name);
        }
    }

    [Fact]
    public void A_tied_head_is_the_embedding()
    {
        using var trainer = Pretrainer.Start(TinyTraining.Config with { TieWordEmbeddings = true }, s_scales, 1, 1);
        Assert.True(trainer.Weights.IsTied);
        Assert.DoesNotContain("lm_head.weight", trainer.Parameters.Names);
    }
}
