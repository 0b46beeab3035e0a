using Converge.Engine.Model;

namespace Converge.Cli.Display;

/// <summary>A memory plan in a line.</summary>
internal static class MemoryLine
{
    /// <summary>How much is taken at most, and for what.</summary>
    public static string Of(MemoryPlan plan) =>
        $"memory: at most {Quantities.Bytes(plan.Limit)}; weights {Quantities.Bytes(plan.Weights)}{(plan.Streams ? ", read block by block" : "")}; activations {Quantities.Bytes(plan.PassActivations)} a pass, {Quantities.Bytes(plan.KeptActivations)} in tuning";
}
