using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Studies.Plan;

namespace Converge.Studies.Run;

/// <summary>A model of a study whose weights are at hand: its digest is known, and it can be started when a unit is missing.</summary>
/// <param name="digest">The digest of configuration and weights.</param>
/// <param name="start">Makes the model ready to compute; called at most once. The caller disposes of what it gives.</param>
/// <param name="owner">What holds the weights; disposed with this, after the started model.</param>
public sealed class StudyModel(string digest, Func<LanguageModel> start, IDisposable? owner = null) : IDisposable
{
    /// <summary>The digest of configuration and weights.</summary>
    public string Digest { get; } = digest;

    /// <summary>Opens a checkpoint. Its weights stay mapped.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mode">The arithmetic.</param>
    /// <param name="threads">The threads of every pass.</param>
    /// <exception cref="BadInputException">The checkpoint is damaged, incomplete or not supported.</exception>
    public static StudyModel Open(PlannedModel model, ComputeMode mode, int threads)
    {
        var checkpoint = Checkpoint.Open(model.Spec.Path);
        return new StudyModel(checkpoint.Digest, () => LlamaModel.Load(checkpoint, mode, threads), checkpoint);
    }

    /// <summary>Makes the model ready to compute.</summary>
    internal LanguageModel Start() => start();

    /// <inheritdoc/>
    public void Dispose() => owner?.Dispose();
}
