using System.Numerics;
using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tests.Invariance;
using Converge.Numerics;

namespace Converge.Engine.Tests.Parity;

/// <summary>Attention's taps against a plain float64 forward pass, which itself agrees with transformers.</summary>
public sealed class AttentionTapTests
{
    [Theory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    [InlineData("tiny_gqa_plain")]
    public void Taps_of_the_reference_models_are_those_of_the_plain_pass_that_agrees_with_transformers(string name)
    {
        using var checkpoint = Reference.Open(name);
        using var model = Reference.Load<double>(checkpoint);
        foreach (var prompt in Reference.Json(name, "golden_forward.json").GetProperty("prompts").EnumerateArray().Where(item => item.GetProperty("input_ids").GetArrayLength() <= 33))
        {
            int[] tokens = prompt.GetProperty("input_ids").Ints();
            var plain = new PlainLlama(checkpoint.Config, checkpoint.Weights).Run(tokens);
            Near(plain.Resid[^1][^1], prompt.GetProperty("f64").GetProperty("last_layer_prenorm").Doubles(), 1e-12);
            Near(plain.Logits, prompt.GetProperty("f64").GetProperty("logits_last").Doubles(), 1e-12);
            Compare(model, plain, new Prompt("a", tokens), new CaptureRequest { Taps = SameStates.Every, Positions = Positions.All }, [], 1e-12);
        }
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(3u)]
    [InlineData(4u)]
    public void Taps_under_adapters_are_those_of_merged_weights(uint seed)
    {
        using var random = new RandomCase(seed);
        using var exact = Reference.Load<double>(random.Checkpoint);
        using var single = Reference.Load<float>(random.Checkpoint);
        foreach (var prompt in random.Prompts.Take(6))
        {
            var plain = new PlainLlama(random.Config, random.Checkpoint.Weights, prompt.Adapter < 0 ? null : random.Adapters[prompt.Adapter]).Run(prompt.Tokens);
            var request = new CaptureRequest { Taps = SameStates.Every, Positions = Positions.All };
            Compare(exact, plain, prompt, request, random.Adapters, 1e-11);
            Compare(single, plain, prompt, request, random.Adapters, 2e-5);
        }
    }

    [Fact]
    public void Biases_are_in_what_is_kept_of_attention()
    {
        using var random = new RandomCase(11);
        var biases = new List<Matrix<float>>();
        foreach (var block in random.Checkpoint.Weights.Blocks)
        {
            foreach (var layer in new[] { LinearLayer.QProj, LinearLayer.KProj, LinearLayer.VProj, LinearLayer.OProj })
            {
                var bias = new Matrix<float>(1, layer.Shape(random.Config).Out);
                for (int i = 0; i < bias.Columns; i++) bias.Span[i] = random.Random.Next(100) / 50f - 1;
                block.SetBias(layer, bias.AsWeight());
                biases.Add(bias);
            }
        }
        using var model = Reference.Load<double>(random.Checkpoint);
        var prompt = random.Prompts[0] with { Adapter = -1 };
        var plain = new PlainLlama(random.Config, random.Checkpoint.Weights).Run(prompt.Tokens);
        Compare(model, plain, prompt, new CaptureRequest { Taps = SameStates.Every, Positions = Positions.All }, [], 1e-11);
        biases.ForEach(bias => bias.Dispose());
    }

    private static void Compare<T>(LlamaModel<T> model, PlainLlama.Result plain, Prompt prompt, CaptureRequest request, IReadOnlyList<Tuning.LoraAdapter> adapters, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var states = model.CaptureExact([prompt], request, adapters).States[0];
        Near(states.ResidPost.ToDoubles(), Flat(plain.Resid), tolerance);
        Near(states.AttnOut.ToDoubles(), Flat(plain.AttnOut), tolerance);
        Near(states.AttnScores.ToDoubles(), Flat(plain.Scores), tolerance);
        Near(states.Queries.ToDoubles(), Flat(plain.Q), tolerance);
        Near(states.Keys.ToDoubles(), Flat(plain.K), tolerance);
        Near(states.Logits.ToDoubles(), plain.Logits, tolerance);
    }

    private static double[] Flat(double[][][] values) => [.. values.SelectMany(rows => rows).SelectMany(row => row)];

    private static void Near(double[] actual, double[] expected, double tolerance) => Assert.InRange(Reference.RelativeError(actual, expected), 0, tolerance);
}
