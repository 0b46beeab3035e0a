using System.Reflection;
using System.Text.Json;
using Converge.Engine;
using Converge.Engine.Model;
using Converge.Studies.Plan;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary><c>manifest.json</c>: everything that a study's results come from.</summary>
public sealed record StudyManifest
{
    /// <summary>The version of this file's form.</summary>
    public const int CurrentForm = 2;

    /// <summary>The version of this file's form.</summary>
    public required int Form { get; init; }

    /// <summary>The version of the program.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>The version of units, see <see cref="PlannedUnit.SchemaVersion"/>.</summary>
    public required int UnitSchema { get; init; }

    /// <summary>The study with all defaults filled in.</summary>
    public required StudySpec Study { get; init; }

    /// <summary>Its models.</summary>
    public required IReadOnlyList<ManifestModel> Models { get; init; }

    /// <summary>The SHA-256 of every data file, by full path.</summary>
    public required IReadOnlyDictionary<string, string> Data { get; init; }

    /// <summary>Its units, in the plan's order.</summary>
    public required IReadOnlyList<ManifestUnit> Units { get; init; }

    /// <summary>Every run of the program on this study, in the order in which they began.</summary>
    public required IReadOnlyList<Execution> Executions { get; init; }

    /// <summary>The manifest of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="digests">The digest of every model's weights and configuration, by the model's id.</param>
    internal static StudyManifest Of(StudyPlan plan, IReadOnlyDictionary<string, string> digests) => new()
    {
        Form = CurrentForm,
        CodeVersion = typeof(StudyManifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        UnitSchema = PlannedUnit.SchemaVersion,
        Study = plan.Spec,
        Models = [.. plan.Models.Select(model => new ManifestModel(model.Spec.Id, model.Spec.Path, digests[model.Spec.Id], model.Tokenizer.Digest, model.Config))],
        Data = plan.DataDigests,
        Units = [.. plan.Units.Select(unit => new ManifestUnit(unit.Key, unit.DigestFor(digests[unit.Key.Model])))],
        Executions = [],
    };

    /// <summary>Where a study's manifest is.</summary>
    internal static string PathIn(string folder) => Path.Combine(folder, "manifest.json");

    /// <summary>Reads the manifest of a study's output folder, with the executions that are on record there.</summary>
    /// <exception cref="BadInputException">The folder holds no study, or its manifest is damaged or of another version.</exception>
    public static StudyManifest Load(string folder)
    {
        var path = PathIn(folder);
        if (!File.Exists(path)) throw new BadInputException(folder, "holds no study: there is no manifest.json", "Give the folder that a study was run into");
        try
        {
            var manifest = JsonSerializer.Deserialize<StudyManifest>(File.ReadAllText(path), StudyJson.Page);
            if (manifest?.Form == CurrentForm) return manifest with { Executions = Execution.LoadAll(folder) };
            throw new BadInputException(path, $"is of form {manifest?.Form}, and this program reads form {CurrentForm}", "Use the version that wrote it, or another folder");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, "cannot be read as a study's manifest", "Remove the file and run the study again; finished units are kept");
        }
    }

    /// <summary>True if the two name the same units in the same order, whatever else they say.</summary>
    internal bool HasUnitsOf(StudyManifest other) => Units.SequenceEqual(other.Units);

    internal void Save(string folder) => AtomicFile.WriteText(PathIn(folder), JsonSerializer.Serialize(this, StudyJson.Page) + "\n");
}

/// <summary>A model of a study as it was.</summary>
/// <param name="Id">Its id in the study.</param>
/// <param name="Path">Where it was.</param>
/// <param name="Digest">The digest of its configuration and weights.</param>
/// <param name="TokenizerDigest">The SHA-256 of its tokenizer's file.</param>
/// <param name="Config">Its shape.</param>
public sealed record ManifestModel(string Id, string Path, string Digest, string TokenizerDigest, ModelConfig Config);

/// <summary>A unit of a study.</summary>
/// <param name="Key">Which unit.</param>
/// <param name="Digest">The digest that its results are stored under.</param>
public sealed record ManifestUnit(UnitKey Key, string Digest);
