using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Studies.Spec;

namespace Converge.Studies.Plan;

/// <summary>A model as far as planning needs it: its shape and its tokenizer. No weight has been read.</summary>
public sealed record PlannedModel
{
    /// <summary>Its entry in the study.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>Its shape.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>Its tokenizer.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>The size of its weight files in bytes, by the folder's listing; where there are none, of float32 weights of this shape.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Reads <c>config.json</c> and the tokenizer.</summary>
    /// <exception cref="BadInputException">The folder or one of the two is missing or malformed, or the tokenizer has more tokens than the model.</exception>
    public static PlannedModel Load(ModelSpec spec)
    {
        if (!Directory.Exists(spec.Path)) throw new BadInputException(spec.Path, $"the folder of model '{spec.Id}' does not exist", "Check 'path' under 'models', or give --set models.0.path=FOLDER");
        var config = ConfigJson.Read(Path.Combine(spec.Path, "config.json"));
        var tokenizer = Tokenizer.Load(spec.Path);
        long stored = new DirectoryInfo(spec.Path).EnumerateFiles("*.safetensors").Sum(file => file.Length);
        return new PlannedModel { Spec = spec, Config = config, Tokenizer = tokenizer, WeightBytes = stored > 0 ? stored : 4 * StudyCost.Parameters(config) };
    }
}
