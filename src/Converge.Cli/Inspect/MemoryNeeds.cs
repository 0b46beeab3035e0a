using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;

namespace Converge.Cli.Inspect;

/// <summary>What working with a model needs, counted from its shapes.</summary>
internal static class MemoryNeeds
{
    // AdamW keeps value, gradient and two moments of a parameter in float32.
    private const int BytesPerTunedParameter = 4 * sizeof(float);

    /// <summary>The lines for people and the numbers for machines.</summary>
    public static (IReadOnlyList<string> Lines, JsonObject Data) Of(Checkpoint checkpoint)
    {
        var config = checkpoint.Config;
        long states = (config.Layers + 2L) * config.HiddenSize * sizeof(float);
        long lora = LoraParameters(config, 8, [LinearLayer.QProj, LinearLayer.VProj]);
        long full = OfFullTuning(checkpoint);
        return (
            [
                $"weights   {Quantities.Bytes(checkpoint.TotalBytes)} mapped from the file, shared between processes",
                $"states    {Quantities.Bytes(states)} a token, all layers",
                $"LoRA      {Quantities.Bytes(lora * BytesPerTunedParameter)} a tuning of rank 8 on q_proj, v_proj ({Quantities.Count(lora)} parameters)",
                $"full      {Quantities.Bytes(full)} a full tuning, without activations",
            ],
            new JsonObject
            {
                ["weights_bytes"] = checkpoint.TotalBytes,
                ["states_bytes_per_token"] = states,
                ["lora_parameters"] = lora,
                ["lora_bytes"] = lora * BytesPerTunedParameter,
                ["full_tuning_bytes"] = full,
            });
    }

    /// <summary>What full tuning keeps, without activations, in bytes.</summary>
    public static long OfFullTuning(Checkpoint checkpoint) => checkpoint.TotalParameters * BytesPerTunedParameter;

    /// <summary>The number of parameters of a LoRA adapter.</summary>
    public static long LoraParameters(ModelConfig config, int rank, IEnumerable<LinearLayer> targets) =>
        config.Layers * targets.Sum(target => (long)rank * (target.Shape(config).In + target.Shape(config).Out));
}
