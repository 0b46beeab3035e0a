using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Pretraining;
using Converge.Studies.Demonstrations;
using Converge.Studies.Plan;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary>A model of a study whose weights are at hand: its digest is known, and it can be started when a unit is missing.</summary>
/// <param name="digest">The digest of configuration and weights.</param>
/// <param name="start">Makes the model ready to compute; called at most once. The caller disposes of what it gives.</param>
/// <param name="owner">What holds the weights; disposed with this, after the started model.</param>
public sealed class StudyModel(string digest, Func<LanguageModel> start, IDisposable? owner = null) : IDisposable
{
    /// <summary>The digest of configuration and weights.</summary>
    public string Digest { get; } = digest;

    /// <summary>Opens a checkpoint, whose weights stay mapped, or makes an untrained copy's weights, which is put off until it computes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="study">Its study: the arithmetic, and the seed of fresh weights.</param>
    /// <param name="threads">The threads of every pass.</param>
    /// <param name="memory">How much memory it takes; null: as much as the machine has.</param>
    /// <exception cref="BadInputException">The checkpoint is damaged, incomplete or not supported.</exception>
    public static StudyModel Open(PlannedModel model, StudySpec study, int threads, MemoryPlan? memory = null)
    {
        if (model.Spec.UntrainedCopyOf is null)
        {
            var checkpoint = Checkpoint.Open(model.Spec.Path);
            return new StudyModel(checkpoint.Digest, () => LlamaModel.Load(checkpoint, study.Compute, threads, memory), checkpoint);
        }
        var untrained = new UntrainedWeights(model.Config, RandomStreams.SeedOf(study.Seed, StreamName.Weights, "", 0));
        return new StudyModel(untrained.Digest, () => LlamaModel.Load(model.Config, untrained.Weights, study.Compute, threads, memory), untrained);
    }

    /// <summary>Makes the model ready to compute.</summary>
    internal LanguageModel Start() => start();

    /// <inheritdoc/>
    public void Dispose() => owner?.Dispose();
}
