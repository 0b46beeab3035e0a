using System.Text.Json.Nodes;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>Something that was timed.</summary>
/// <param name="Section">The kind of work: a heading.</param>
/// <param name="Shape">The model's shape.</param>
/// <param name="Name">The case.</param>
/// <param name="Weights">The type of the weights.</param>
/// <param name="Compute">The arithmetic of linear layers.</param>
/// <param name="Tokens">Tokens computed.</param>
/// <param name="Flops">Floating-point operations; in passes, those of all tokens in the linear layers of all blocks, whatever of it the engine can leave out.</param>
/// <param name="WeightBytes">Bytes of weights that come from memory; 0 where that bounds nothing.</param>
/// <param name="Timing">The times.</param>
internal sealed record Measurement(string Section, string Shape, string Name, ElementType Weights, ComputeMode Compute, long Tokens, double Flops, long WeightBytes, Timing Timing)
{
    /// <summary>Floating-point operations a second, by the median time.</summary>
    public double FlopsPerSecond => Flops / Timing.Median;

    /// <summary>Tokens a second, by the median time.</summary>
    public double TokensPerSecond => Tokens / Timing.Median;

    /// <summary>Bytes of weights a second, by the median time.</summary>
    public double BytesPerSecond => WeightBytes / Timing.Median;

    /// <summary>The measurement for machines.</summary>
    public JsonObject Data(Peaks peaks)
    {
        double peak = peaks.Of(Compute), bandwidth = peaks.Bandwidth;
        var data = new JsonObject
        {
            ["section"] = Section,
            ["shape"] = Shape,
            ["name"] = Name,
            ["weights"] = Weights.ToString().ToLowerInvariant(),
            ["compute"] = Compute.ToString().ToLowerInvariant(),
            ["tokens"] = Tokens,
            ["flops"] = Flops,
            ["samples"] = Timing.Samples,
            ["median_seconds"] = Timing.Median,
            ["shortest_seconds"] = Timing.Quantile(0),
            ["tenth_percentile_seconds"] = Timing.Quantile(0.1),
            ["ninetieth_percentile_seconds"] = Timing.Quantile(0.9),
            ["longest_seconds"] = Timing.Quantile(1),
            ["flops_per_second"] = FlopsPerSecond,
            ["share_of_peak"] = FlopsPerSecond / peak,
            ["tokens_per_second"] = TokensPerSecond,
        };
        if (WeightBytes > 0)
        {
            data["bytes_per_second"] = BytesPerSecond;
            data["share_of_bandwidth"] = BytesPerSecond / bandwidth;
        }
        return data;
    }
}
