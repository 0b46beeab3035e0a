using Converge.Studies.Plan;

namespace Converge.Studies.Run;

/// <summary>How a study is run. None of it alters a result.</summary>
public sealed record RunOptions
{
    /// <summary>Which part of the units this process computes.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>The threads of every pass.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The tokens that one pass of a wave may run; null: as <see cref="Waves"/> judges.</summary>
    public long? WaveTokens { get; init; }

    /// <summary>All memory that models, their weights and activations take, in bytes; null: what the machine has.</summary>
    public long? Memory { get; init; }

    /// <summary>Opens a model, in place of <see cref="StudyModel.Open"/>.</summary>
    public Func<PlannedModel, StudyModel>? Open { get; init; }
}
