using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Studies.Plan;

namespace Converge.Cli.Study;

/// <summary>The checkpoints of a study, each opened once, when first asked for.</summary>
internal sealed class OpenModels(int threads) : IDisposable
{
    private readonly Dictionary<string, Checkpoint> _checkpoints = [];

    /// <summary>The digest of a model's configuration and weights.</summary>
    public string Digest(PlannedModel model) => Checkpoint(model).Digest;

    /// <summary>A model, to be disposed of before this.</summary>
    public LanguageModel Load(PlannedModel model, ComputeMode mode) => LlamaModel.Load(Checkpoint(model), mode, threads);

    public void Dispose()
    {
        foreach (var checkpoint in _checkpoints.Values) checkpoint.Dispose();
    }

    private Checkpoint Checkpoint(PlannedModel model)
    {
        if (!_checkpoints.TryGetValue(model.Spec.Path, out var checkpoint))
            _checkpoints.Add(model.Spec.Path, checkpoint = Engine.Checkpoints.Checkpoint.Open(model.Spec.Path));
        return checkpoint;
    }
}
