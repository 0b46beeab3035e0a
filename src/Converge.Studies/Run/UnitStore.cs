using System.Runtime.InteropServices;
using System.Text.Json;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;

namespace Converge.Studies.Run;

/// <summary>
/// The finished units of a study: one safetensors file each, <c>units/DIGEST.safetensors</c>. States, answers' scores and adapters are
/// tensors; everything else is JSON in the header, under <c>unit</c>, and <c>checksum</c> covers both. A file is written whole or not at all.
/// </summary>
/// <param name="folder">The study's output folder.</param>
public sealed class UnitStore(string folder)
{
    /// <summary>The file of a unit, whether it is there or not.</summary>
    public string PathOf(string digest) => Path.Combine(folder, "units", $"{digest}.safetensors");

    /// <summary>True if the unit's file is there. Whether it is sound shows when it is loaded.</summary>
    public bool Contains(string digest) => File.Exists(PathOf(digest));

    /// <summary>Stores a finished unit, in place of what was there.</summary>
    /// <exception cref="BadInputException">The folder cannot be written or the disk is full; nothing else is touched.</exception>
    public void Save(UnitRecord unit)
    {
        var header = JsonSerializer.Serialize(UnitHeader.Of(unit), StudyJson.Line);
        var tensors = UnitTensors.Of(unit).ToDictionary(tensor => tensor.Spec.Name);
        var metadata = new Dictionary<string, string>
        {
            ["unit"] = header,
            ["checksum"] = UnitTensors.Checksum(header, tensors.Keys, name => tensors[name].Bytes),
        };
        SafetensorsWriter.Write(PathOf(unit.Digest), tensors.Values.Select(tensor => tensor.Spec), (name, stream) => stream.Write(tensors[name].Bytes), metadata);
    }

    /// <summary>Loads a unit exactly as it was stored.</summary>
    /// <param name="key">Which unit of the study it serves as; a unit's file does not say, since several studies may share it.</param>
    /// <param name="digest">Its digest.</param>
    /// <exception cref="BadInputException">It is not there, or is damaged in any byte.</exception>
    public UnitRecord Load(UnitKey key, string digest)
    {
        var path = PathOf(digest);
        if (!File.Exists(path)) throw new BadInputException(path, "is not there: the unit is not finished", "Run the study again; it computes what is missing");
        using var file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue("unit", out var json) || !file.Metadata.TryGetValue("checksum", out var checksum)) throw Damaged(path, "is not a unit of a study");
        if (UnitTensors.Checksum(json, file.Tensors.Keys, file.Bytes) != checksum) throw Damaged(path, "does not match its checksum");
        var header = Header(path, json);
        if (header.Digest != digest) throw Damaged(path, "holds another unit than its name says");
        return new UnitRecord
        {
            Key = key,
            Digest = digest,
            Layers = header.Layers,
            HiddenSize = header.HiddenSize,
            Instruction = header.Instruction,
            Demonstrations = header.Demonstrations,
            Queries = header.Queries,
            Answers = header.Answers,
            Prompts = header.Prompts,
            TuningRows = header.TuningRows,
            TuningSteps = header.TuningSteps,
            Method = header.Method,
            Position = header.Position,
            States = header.Prompts.Select(prompt => prompt.Condition).Distinct().ToDictionary(condition => condition, condition => States(file, condition.Name())),
            Measures = header.Measures is { } names ? Measures(path, names, Values<double>(file, "measures"), header.Queries.Count) : [],
            Decoded = header.Decoded ?? [],
            Directions = header.Directions is { } directions ? [.. directions.Select(one => Directions(path, file, one))] : [],
            Adapters = header.Adapters is { } recipe ? (Adapter(file, "adapter_initial", recipe, header.Layers), Adapter(file, "adapter_final", recipe, header.Layers)) : null,
        };
    }

    private static UnitHeader Header(string path, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<UnitHeader>(json, StudyJson.Line) ?? throw Damaged(path, "holds no unit");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw Damaged(path, "was written by another version");
        }
    }

    private static ConditionStates States(SafetensorsFile file, string condition) => new(
        Values<float>(file, $"{condition}/resid_post"), Values<float>(file, $"{condition}/final_norm"), Values<double>(file, $"{condition}/answer_log_probabilities"));

    private static IReadOnlyList<MetricSeries> Measures(string path, IReadOnlyList<MeasureName> names, double[] values, int queries) =>
        values.Length != names.Count * queries ? throw Damaged(path, "has another number of measures than it names")
            : [.. names.Select((name, i) => new MetricSeries(name.Layer, name.Tap, name.Pair, name.Metric, true, [.. values.AsSpan(i * queries, queries).ToArray().Select(value => double.IsNaN(value) ? (double?)null : value)]))];

    private static AdapterDirections Directions(string path, SafetensorsFile file, DirectionsName name)
    {
        float[] vectors = file.Tensors.ContainsKey(UnitTensors.NameOf(name.Layer, name.Target)) ? Values<float>(file, UnitTensors.NameOf(name.Layer, name.Target)) : [];
        return name.Outputs > 0 && vectors.Length % name.Outputs == 0 ? new AdapterDirections(name.Layer, name.Target, name.Outputs, vectors) : throw Damaged(path, "has directions of another width than it names");
    }

    private static LoraAdapter Adapter(SafetensorsFile file, string name, LoraRecipe recipe, int layers) => new(recipe, [.. Enumerable.Range(0, layers).Select(block =>
        recipe.Targets.ToDictionary(target => target, target => new LoraPair(
            Values<float>(file, UnitTensors.AdapterName(name, block, target, 'A')), Values<float>(file, UnitTensors.AdapterName(name, block, target, 'B')))))]);

    private static T[] Values<T>(SafetensorsFile file, string name) where T : unmanaged => MemoryMarshal.Cast<byte, T>(file.Bytes(name)).ToArray();

    private static BadInputException Damaged(string path, string what) => new(path, what, "Run the study again: the unit is computed anew");
}
