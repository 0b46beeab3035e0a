using System.Numerics;
using System.Text.Json;
using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Engine.Tests.Parity;

/// <summary>Compares the states of test prompts with reference states.</summary>
internal static class StateComparison
{
    /// <summary>States of <paramref name="prompts"/> (name: tokens) under an adapter, or none, against <paramref name="expected"/> (name: states).</summary>
    public static void Check<T>(LlamaModel<T> model, LoraAdapter? adapter, JsonElement prompts, JsonElement expected, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int layers = model.Config.Layers, hidden = model.Config.HiddenSize;
        foreach (var prompt in prompts.EnumerateObject())
        {
            var (states, _) = model.CaptureExact([new Prompt(prompt.Name, prompt.Value.Ints(), adapter is null ? -1 : 0)], new CaptureRequest(), adapter is null ? [] : [adapter]);
            var reference = expected.GetProperty(prompt.Name);
            var layered = reference.GetProperty("hidden_states").EnumerateArray().Select(Reference.Doubles).ToList();
            for (int layer = 0; layer <= layers; layer++)
            {
                double[] wanted = layer == layers ? reference.GetProperty("last_layer_prenorm").Doubles() : layered[layer];
                double error = Reference.RelativeError(states[0].ResidPost.AsSpan(layer * hidden, hidden).ToArray().ToDoubles(), wanted);
                Assert.True(error <= tolerance, $"{prompt.Name} layer {layer}: relative error {error:E2}");
            }
            double last = Reference.RelativeError(states[0].FinalNorm.ToDoubles(), layered[layers]);
            Assert.True(last <= tolerance, $"{prompt.Name} final norm: relative error {last:E2}");
        }
    }
}
