using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Studies.Plan;

namespace Converge.Studies.Run;

/// <summary>How a study is run. None of it alters a result.</summary>
public sealed record RunOptions
{
    /// <summary>Which part of the units this process computes.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>The tokens that one pass of a wave may run; null: as <see cref="Waves"/> judges.</summary>
    public long? WaveTokens { get; init; }

    /// <summary>Opens a model's weights for the study's arithmetic. Called once for each model that has missing units.</summary>
    public required Func<PlannedModel, ComputeMode, LanguageModel> Open { get; init; }

    /// <summary>The digest of a model's configuration and weights. Called once for each model.</summary>
    public Func<PlannedModel, string> Digest { get; init; } = CheckpointDigest;

    private static string CheckpointDigest(PlannedModel model)
    {
        using var checkpoint = Checkpoint.Open(model.Spec.Path);
        return checkpoint.Digest;
    }
}
