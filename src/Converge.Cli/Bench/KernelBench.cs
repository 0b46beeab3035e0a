using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>Kernels by themselves: the three products of linear layers, and attention.</summary>
internal static class KernelBench
{
    private static readonly (string Name, string Section, LinearKernel Kernel)[] Linear =
    [
        ("forward", "linear forward", LinearKernel.Forward),
        ("backward-input", "linear backward to input", LinearKernel.BackwardInput),
        ("backward-weight", "linear backward to weight", LinearKernel.BackwardWeight),
    ];

    // Lengths as they occur: one long prompt, short prompts, short prompts after demonstrations.
    private static readonly (int Trunk, int Prompts, int Tokens)[] Forests = [(0, 1, 256), (0, 16, 48), (0, 1, 1024), (400, 96, 40)];

    /// <summary>Measures what the plan names.</summary>
    public static void Run(BenchRun run, WorkPool pool)
    {
        var plan = run.Plan;
        foreach (var (name, section, kernel) in Linear)
        {
            if (!plan.Kernels.Contains(name)) continue;
            // A weight's gradient is of the type of activations, whatever the weight and the arithmetic.
            if (kernel == LinearKernel.BackwardWeight) Products(run, pool, section, kernel, ElementType.F32, ComputeMode.F32);
            else
            {
                foreach (var compute in plan.Computes)
                    foreach (var type in plan.KernelWeights) Products(run, pool, section, kernel, type, compute);
            }
            run.Result.Peaks.MeasureAgain();
        }
        if (!plan.Kernels.Contains("attention")) return;
        foreach (var shape in plan.KernelShapes) Attention(run, pool, shape);
        run.Result.Peaks.MeasureAgain();
    }

    private static void Products(BenchRun run, WorkPool pool, string section, LinearKernel kernel, ElementType type, ComputeMode compute)
    {
        var layers = run.Plan.KernelShapes.SelectMany(shape => Layers(shape.Config).Select(layer => (Shape: shape, layer.Names, layer.Out, layer.In))).ToList();
        long largest = layers.Max(layer => (long)layer.Out * layer.In * type.Size());
        run.Show($"{section}: weights");
        using var weights = new WeightRing(type, Math.Max(largest + 64, (run.Plan.Quick ? 64L : 256L) << 20));
        foreach (var (shape, names, outputs, inputs) in layers)
        {
            foreach (int tokens in run.Plan.Tokens)
            {
                using var probe = new LinearProbe<float>(pool, kernel, weights, tokens, outputs, inputs, compute == ComputeMode.BF16 ? Numerics.Products.BFloat16 : Numerics.Products.Exact);
                run.Time(section, shape.Name, $"{names} [{outputs}, {inputs}]", type, compute, tokens, probe.Flops, probe.WeightBytes, run.Plan.KernelBudget, probe.Run);
            }
        }
    }

    private static void Attention(BenchRun run, WorkPool pool, BenchShape shape)
    {
        var heads = new HeadShape(shape.Config.Heads, shape.Config.KeyValueHeads, shape.Config.HeadDim);
        foreach (var (trunk, prompts, tokens) in run.Plan.Quick ? Forests[..2] : Forests)
        {
            using var probe = new AttentionProbe(pool, heads, trunk, prompts, tokens);
            var name = trunk == 0 ? $"{prompts}x{tokens}" : $"{prompts}x{tokens} on a trunk of {trunk}";
            run.Time("attention forward", shape.Name, name, ElementType.F32, ComputeMode.F32, probe.Tokens, probe.ForwardFlops, 0, run.Plan.KernelBudget, probe.Forward);
            run.Time("attention backward", shape.Name, name, ElementType.F32, ComputeMode.F32, probe.Tokens, probe.BackwardFlops, 0, run.Plan.KernelBudget, probe.Backward);
        }
    }

    // Layers of the same shape are measured once.
    private static IEnumerable<(string Names, int Out, int In)> Layers(ModelConfig config) =>
        LinearLayers.All.GroupBy(layer => layer.Shape(config)).Select(group => (string.Join(',', group.Select(layer => layer.Name().Replace("_proj", ""))), group.Key.Out, group.Key.In));
}
