using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Pretraining;

/// <summary>The weights that a pretraining starts from.</summary>
internal static class FreshWeights
{
    /// <summary>Fills all tensors; a stream of random numbers each.</summary>
    public static void Fill(ModelParameters<float> parameters, ModelConfig config, InitialScales scales, ulong seed)
    {
        ulong stream = 0;
        foreach (var tensor in LlamaTensors.Of(config))
        {
            var values = parameters[tensor.Name].Span;
            if (tensor.IsVector) values.Fill(tensor.Name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : 1);
            else Fill(values, Deviation(tensor, config, scales), seed, stream);
            stream++;
        }
    }

    private static void Fill(Span<float> values, double deviation, ulong seed, ulong stream)
    {
        for (int i = 0; i < values.Length; i++) values[i] = (float)(deviation * Philox.NormalAt(seed, stream, (ulong)i));
    }

    private static double Deviation(LlamaTensor tensor, ModelConfig config, InitialScales scales)
    {
        if (tensor.Name is LlamaTensors.Embedding or LlamaTensors.Head) return scales.Embedding;
        bool residual = tensor.Name.EndsWith(".o_proj.weight", StringComparison.Ordinal) || tensor.Name.EndsWith(".down_proj.weight", StringComparison.Ordinal);
        return residual ? scales.Residual / Math.Sqrt(2.0 * config.Layers * tensor.Columns) : scales.Linear / Math.Sqrt(tensor.Columns);
    }
}
