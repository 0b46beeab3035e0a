using System.Runtime.InteropServices;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Engine.Checkpoints;

/// <summary>Reads and writes LoRA adapters in PEFT's format: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
public static class PeftAdapter
{
    private const string ConfigFile = "adapter_config.json", WeightsFile = "adapter_model.safetensors";

    /// <summary>Reads an adapter; float16 and bfloat16 are widened exactly. Every tensor must be used and none may be missing.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="config">The shape of the model it belongs to.</param>
    /// <exception cref="BadInputException">
    /// A file is absent or damaged, a setting is not supported, a tensor is missing, left over, of another shape or not finite.
    /// </exception>
    public static LoraAdapter Read(string directory, ModelConfig config)
    {
        if (!Directory.Exists(directory)) throw new BadInputException(directory, "there is no such folder", "Give the folder of a PEFT adapter");
        var recipe = PeftConfig.Read(Path.Combine(directory, ConfigFile), config);
        var path = Path.Combine(directory, WeightsFile);
        if (!File.Exists(path) && File.Exists(Path.Combine(directory, "adapter_model.bin")))
            throw new BadInputException(directory, "the adapter is only there as a pickle (adapter_model.bin), which can run code when loaded", "Save it again with safe_serialization=True");
        using var file = SafetensorsFile.Open(path);
        var blocks = new Dictionary<LinearLayer, LoraPair>[config.Layers];
        var used = new HashSet<string>(StringComparer.Ordinal);
        for (int block = 0; block < blocks.Length; block++)
        {
            blocks[block] = [];
            foreach (var layer in recipe.Targets)
            {
                var (output, input) = layer.Shape(config);
                used.Add(Name(block, layer, "A"));
                used.Add(Name(block, layer, "B"));
                blocks[block].Add(layer, new LoraPair(Values(file, Name(block, layer, "A"), recipe.Rank, input), Values(file, Name(block, layer, "B"), output, recipe.Rank)));
            }
        }
        if (file.Tensors.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name => !used.Contains(name)) is { } extra)
            throw new BadInputException(path, $"tensor '{Shown.Text(extra)}' belongs to none of the adapted layers", $"Check that {ConfigFile} belongs to these weights; a tensor left aside would change the result");
        return new LoraAdapter(recipe, blocks);
    }

    /// <summary>Writes an adapter in float32, so that PEFT and <see cref="Read"/> get the same bits back. Each file is replaced whole.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="directory">The folder; made if it is not there.</param>
    /// <param name="baseModelName">The base model, for <c>base_model_name_or_path</c>; null for none.</param>
    /// <exception cref="BadInputException">The folder cannot be written or the disk is full.</exception>
    public static void Write(LoraAdapter adapter, string directory, string? baseModelName)
    {
        int rank = adapter.Recipe.Rank;
        var specs = new List<TensorSpec>();
        var values = new Dictionary<string, float[]>(StringComparer.Ordinal);
        for (int block = 0; block < adapter.Blocks.Count; block++)
        {
            foreach (var layer in adapter.Recipe.Targets)
            {
                var pair = adapter.Blocks[block][layer];
                specs.Add(new TensorSpec(Name(block, layer, "A"), "F32", rank, pair.A.Length / rank));
                specs.Add(new TensorSpec(Name(block, layer, "B"), "F32", pair.B.Length / rank, rank));
                values.Add(Name(block, layer, "A"), pair.A);
                values.Add(Name(block, layer, "B"), pair.B);
            }
        }
        SafetensorsWriter.Write(Path.Combine(directory, WeightsFile), specs, (name, stream) => stream.Write(MemoryMarshal.AsBytes<float>(values[name])));
        PeftConfig.Write(Path.Combine(directory, ConfigFile), adapter.Recipe, baseModelName);
    }

    private static string Name(int block, LinearLayer layer, string matrix) => $"base_model.model.model.layers.{block}.{layer.ModulePath()}.lora_{matrix}.weight";

    private static float[] Values(SafetensorsFile file, string name, int rows, int columns)
    {
        var view = file.View(name, rows, columns);
        var values = WeightConversion.ToFloats(view);
        int bad = FiniteScan.FirstNotFinite(values);
        return bad < 0 ? values : throw new BadInputException(file.Path, $"element [{bad / columns}, {bad % columns}] of tensor '{name}' is NaN or infinite", "The adapter is damaged or its tuning diverged");
    }
}
