using System.Text.Json;

namespace Converge.Engine.Checkpoints;

/// <summary>The safetensors files of a checkpoint: one <c>model.safetensors</c>, or the shards that its index names.</summary>
internal sealed class WeightFiles : IDisposable
{
    internal const string Single = "model.safetensors", Index = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, SafetensorsFile> _owners = new(StringComparer.Ordinal);

    private WeightFiles()
    {
    }

    /// <summary>The open files.</summary>
    public IReadOnlyList<SafetensorsFile> Files => _files;

    /// <summary>Which file holds each tensor.</summary>
    public IReadOnlyDictionary<string, SafetensorsFile> Owners => _owners;

    /// <summary>Opens the files of a folder. A single file comes before an index, as in transformers.</summary>
    /// <exception cref="BadInputException">There are none, only pickles, or a file or the index is damaged.</exception>
    public static WeightFiles Open(string directory)
    {
        var files = new WeightFiles();
        try
        {
            if (File.Exists(Path.Combine(directory, Single))) files.OpenSingle(Path.Combine(directory, Single));
            else if (File.Exists(Path.Combine(directory, Index))) files.OpenShards(directory, Path.Combine(directory, Index));
            else throw NoWeights(directory);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private void OpenSingle(string path)
    {
        var file = SafetensorsFile.Open(path);
        _files.Add(file);
        foreach (var name in file.Tensors.Keys) _owners.Add(name, file);
    }

    private void OpenShards(string directory, string index)
    {
        var map = JsonFields.ReadFile(index).Object("weight_map") ?? throw new BadInputException(index, "weight_map is missing", "Download the index again");
        var shardOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.All) shardOf.Add(entry.Name, ShardName(map, entry));
        foreach (var shard in shardOf.Values.Distinct().Order(StringComparer.Ordinal))
        {
            var file = SafetensorsFile.Open(Path.Combine(directory, shard));
            _files.Add(file);
            foreach (var name in file.Tensors.Keys)
            {
                if (!shardOf.TryGetValue(name, out var owner))
                    throw new BadInputException(file.Path, $"tensor '{Shown.Text(name)}' is not in the index", "Download the checkpoint again: shards and index do not belong together");
                if (owner == shard) _owners.Add(name, file);
                else throw new BadInputException(file.Path, $"tensor '{Shown.Text(name)}' is also here, but the index places it in {Shown.Text(owner)}", "Download the checkpoint again");
            }
        }
        foreach (var (name, shard) in shardOf)
            if (!_owners.ContainsKey(name))
                throw new BadInputException(index, $"tensor '{Shown.Text(name)}' should be in {Shown.Text(shard)}, but is not", "Download the checkpoint again: shards and index do not belong together");
    }

    /// <summary>A shard's file name, which must not lead out of the folder.</summary>
    private static string ShardName(JsonFields map, JsonProperty entry)
    {
        var name = map.String(entry.Name) ?? throw map.Bad(entry.Name, "is null", "Download the index again");
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny("/\\:\0") || !name.EndsWith(".safetensors", StringComparison.Ordinal))
            throw map.Bad(entry.Name, $"names the file '{Shown.Text(name)}', expected a .safetensors file in the same folder", "Download the index again");
        return name;
    }

    private static BadInputException NoWeights(string directory)
    {
        var pickle = Directory.EnumerateFiles(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .FirstOrDefault(name => Path.GetExtension(name) is ".bin" or ".pth" or ".pt" or ".ckpt");
        return pickle is null
            ? new BadInputException(directory, $"there is neither {Single} nor {Index}", "Give the folder of a Hugging Face checkpoint in safetensors format")
            : new BadInputException(directory, $"the weights are only there as a pickle ({Shown.Text(pickle)}), which can run code when loaded", "Convert the checkpoint to safetensors (save_pretrained with safe_serialization=True)");
    }
}
