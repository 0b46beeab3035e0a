using Converge.Engine.Model;

namespace Converge.Cli.Display;

/// <summary>Memory plans, and what came of them, in a line.</summary>
internal static class MemoryLine
{
    /// <summary>How much is taken at most, and for what.</summary>
    public static string Of(MemoryPlan plan, ModelConfig config, ComputeMode mode) =>
        $"{Weights(plan)}; {Quantities.Bytes(plan.PassActivations)} for activations: {Quantities.Of(plan.TokensPerPass(config, mode), "token")} a pass";

    /// <summary>How much tuning takes at most, and whether activations are kept for the backward pass or computed again.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="mode">The arithmetic.</param>
    /// <param name="tokens">The tokens of the largest batch of each tuning.</param>
    public static string OfTuning(MemoryPlan plan, ModelConfig config, ComputeMode mode, IReadOnlyList<long> tokens) => $"{Weights(plan)}; {Activations(plan, config, mode, tokens)}";

    /// <summary>Of how many blocks tuning keeps activations, see <see cref="OfTuning"/>.</summary>
    public static string Activations(MemoryPlan plan, ModelConfig config, ComputeMode mode, IReadOnlyList<long> tokens)
    {
        long all = tokens.Sum(), largest = tokens.Max();
        int kept = plan.KeptBlocks(config, mode, largest);
        string activations = plan.KeptBlocks(config, mode, all) == config.Layers ? "those of all blocks are kept"
            : kept == config.Layers ? "those of all blocks are kept, of as many tunings at a time as fit"
            : $"those of {kept} of {config.Layers} blocks are kept, the others computed again";
        return $"{Quantities.Bytes(plan.KeptActivations)} for activations of {Quantities.Of(all, "token")} in tuning: {activations}";
    }

    /// <summary>How weights that do not fit were read: the disk's share of the time.</summary>
    public static string Of(WeightReading reading, TimeSpan elapsed)
    {
        double all = Math.Max(1e-3, elapsed.TotalSeconds);
        return $"weights: {Quantities.Bytes(reading.Bytes)} read in {Quantities.Time(TimeSpan.FromSeconds(reading.ReadingSeconds))} ({Quantities.Bytes((long)(reading.Bytes / Math.Max(1e-3, reading.ReadingSeconds)))}/s), "
            + $"for which the computation waited {Quantities.Time(TimeSpan.FromSeconds(reading.WaitingSeconds))}: disk {100 * reading.WaitingSeconds / all:0} %, the rest {100 - 100 * reading.WaitingSeconds / all:0} %";
    }

    private static string Weights(MemoryPlan plan) => $"memory: at most {Quantities.Bytes(plan.Limit)}; weights {Quantities.Bytes(plan.Weights)}{(plan.Streams ? ", read block by block" : "")}";
}
