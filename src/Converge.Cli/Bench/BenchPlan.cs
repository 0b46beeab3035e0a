using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>What is to be measured.</summary>
internal sealed record BenchPlan
{
    /// <summary>Kernels: <c>forward</c>, <c>backward-input</c>, <c>backward-weight</c>, <c>attention</c>.</summary>
    public required IReadOnlyList<string> Kernels { get; init; }

    /// <summary>Passes: <c>prefill</c>, <c>trunk</c>, <c>lora</c>, <c>jobs</c>.</summary>
    public required IReadOnlyList<string> Passes { get; init; }

    /// <summary>Whether a study's passes are.</summary>
    public required bool Study { get; init; }

    /// <summary>Whether prefill and LoRA steps are compared with PyTorch.</summary>
    public required bool PeerPasses { get; init; }

    /// <summary>Whether the study is.</summary>
    public required bool PeerStudy { get; init; }

    /// <summary>Shapes of kernels.</summary>
    public required IReadOnlyList<BenchShape> KernelShapes { get; init; }

    /// <summary>Shapes of passes.</summary>
    public required IReadOnlyList<BenchShape> PassShapes { get; init; }

    /// <summary>The shape of the study's model.</summary>
    public required BenchShape StudyShape { get; init; }

    /// <summary>Types of the kernels' weights.</summary>
    public required IReadOnlyList<ElementType> KernelWeights { get; init; }

    /// <summary>Types of the weights in generated checkpoints.</summary>
    public required IReadOnlyList<ElementType> PassWeights { get; init; }

    /// <summary>The arithmetics: float32, bfloat16 or both.</summary>
    public required IReadOnlyList<ComputeMode> Computes { get; init; }

    /// <summary>Numbers of tokens that linear kernels run on.</summary>
    public required IReadOnlyList<int> Tokens { get; init; }

    /// <summary>A checkpoint in place of generated ones, or null.</summary>
    public required string? Model { get; init; }

    /// <summary>Threads of everything but the peak of one.</summary>
    public required int Threads { get; init; }

    /// <summary>The study.</summary>
    public required StudySize StudySize { get; init; }

    /// <summary>Whether little time is spent.</summary>
    public required bool Quick { get; init; }

    /// <summary>The models that passes run on, each with the type of its generated weights.</summary>
    public IEnumerable<(BenchShape Shape, ElementType Weights)> GeneratedModels => PassShapes.SelectMany(shape => PassWeights.Select(type => (shape, type)));

    /// <summary>How long a kernel is timed.</summary>
    public TimingBudget KernelBudget => Quick
        ? new TimingBudget(3, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200))
        : new TimingBudget(7, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5));

    /// <summary>How long a pass is timed.</summary>
    public TimingBudget PassBudget => Quick
        ? new TimingBudget(2, TimeSpan.Zero, TimeSpan.FromSeconds(2))
        : new TimingBudget(5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
}
