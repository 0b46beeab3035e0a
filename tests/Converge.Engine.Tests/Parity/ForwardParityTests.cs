using System.Numerics;
using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tests.Parity;

/// <summary>Last-token states of every layer against transformers in float64: 1e-5 relative in f32, 1e-10 in f64.</summary>
public sealed class ForwardParityTests
{
    [Theory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    [InlineData("tiny_gqa_plain")]
    public void States_in_f32_agree_with_the_reference(string model) => Compare<float>(model, 1e-5);

    [Theory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    [InlineData("tiny_gqa_plain")]
    public void States_in_f64_agree_with_the_reference(string model) => Compare<double>(model, 1e-10);

    [Theory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    [InlineData("tiny_gqa_plain")]
    public void States_in_bf16_agree_with_the_reference_within_its_rounding(string model) => Compare<float>(model, 2e-2, Products.BFloat16);

    [Theory]
    [InlineData("tiny_mha")]
    [InlineData("tiny_gqa")]
    public void Log_probabilities_of_continuations_agree_with_the_reference_logits(string name)
    {
        using var checkpoint = Reference.Open(name);
        using var model = Reference.Load<double>(checkpoint);
        foreach (var prompt in Reference.Json(name, "golden_forward.json").GetProperty("prompts").EnumerateArray())
        {
            int[] tokens = prompt.GetProperty("input_ids").Ints();
            double[] logits = prompt.GetProperty("f64").GetProperty("logits_last").Doubles();
            double logSumExp = Math.Log(logits.Sum(Math.Exp));
            var request = new CaptureRequest { Continuations = [.. Enumerable.Range(0, logits.Length).Select(token => new Continuation(0, [token]))] };
            var (_, scores) = model.CaptureExact([new Prompt("a", tokens)], request, []);
            Assert.InRange(Reference.RelativeError(scores, logits.Select(logit => logit - logSumExp)), 0, 1e-10);
        }
    }

    private static void Compare<T>(string name, double tolerance, Products products = Products.Exact) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var checkpoint = Reference.Open(name);
        using var model = Reference.Load<T>(checkpoint, products);
        int layers = checkpoint.Config.Layers, hidden = checkpoint.Config.HiddenSize;
        var cases = Reference.Json(name, "golden_forward.json").GetProperty("prompts").EnumerateArray().ToList();
        var prompts = cases.Select((item, i) => new Prompt($"{i}", item.GetProperty("input_ids").Ints())).ToList();
        var (states, _) = model.CaptureExact(prompts, new CaptureRequest(), []);
        for (int i = 0; i < cases.Count; i++)
        {
            var expected = cases[i].GetProperty("f64");
            var layered = expected.GetProperty("hidden_states").EnumerateArray().Select(Reference.Doubles).ToList();
            for (int layer = 0; layer < layers; layer++) Near(states[i].ResidPost.AsSpan(layer * hidden, hidden).ToArray().ToDoubles(), layered[layer], tolerance, $"{name} prompt {i} layer {layer}");
            Near(states[i].ResidPost.AsSpan(layers * hidden, hidden).ToArray().ToDoubles(), expected.GetProperty("last_layer_prenorm").Doubles(), tolerance, $"{name} prompt {i} last layer");
            Near(states[i].FinalNorm.ToDoubles(), layered[layers], tolerance, $"{name} prompt {i} final norm");
        }
    }

    private static void Near(double[] actual, double[] expected, double tolerance, string what)
    {
        double error = Reference.RelativeError(actual, expected);
        Assert.True(error <= tolerance, $"{what}: relative error {error:E2}");
    }
}
