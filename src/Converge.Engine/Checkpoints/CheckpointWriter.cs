using System.Text.Json;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>Writes a Hugging Face checkpoint: <c>config.json</c> and <c>model.safetensors</c>, or shards with their index.</summary>
public static class CheckpointWriter
{
    /// <summary>
    /// Writes a folder; each file is replaced whole. A tied head is not stored. <c>config.json</c> comes last, so that a folder is not a
    /// checkpoint until its weights are there.
    /// </summary>
    /// <param name="directory">The folder; made if it is not there.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="weights">The weights, of those shapes and any type.</param>
    /// <param name="type">F32, or BF16 (rounded to nearest, ties to even).</param>
    /// <exception cref="BadInputException">The folder cannot be written or the disk is full.</exception>
    public static void Write(string directory, ModelConfig config, LlamaWeights weights, ElementType type = ElementType.F32)
    {
        Write(directory, config, type, (tensor, stream) =>
        {
            var view = tensor.In(weights);
            if (view.Rows != tensor.Rows || view.Columns != tensor.Columns)
                throw new ArgumentException($"{tensor.Name} is [{view.Rows}, {view.Columns}], expected [{tensor.Rows}, {tensor.Columns}]", nameof(weights));
            var row = new float[view.Columns];
            for (int r = 0; r < view.Rows; r++) WeightConversion.WriteRow(stream, view, r, type, row);
        });
    }

    /// <summary>Writes a folder whose tensors come from a delegate, in the order of the computation, in files of at most <paramref name="shardBytes"/> where a tensor allows it.</summary>
    internal static void Write(string directory, ModelConfig config, ElementType type, Action<LlamaTensor, Stream> writeTensor, long shardBytes = long.MaxValue)
    {
        var tensors = LlamaTensors.Of(config).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var shards = Shards(tensors.Values, type, shardBytes);
        for (int i = 0; i < shards.Count; i++)
        {
            var specs = shards[i].Select(tensor => new TensorSpec(tensor.Name, SafetensorsDtypes.Name(type), tensor.FileShape));
            SafetensorsWriter.Write(Path.Combine(directory, FileName(i, shards.Count)), specs, (name, stream) => writeTensor(tensors[name], stream));
        }
        if (shards.Count > 1) WriteIndex(Path.Combine(directory, WeightFiles.Index), shards, type);
        ConfigJson.Write(Path.Combine(directory, "config.json"), config, type);
    }

    private static List<List<LlamaTensor>> Shards(IEnumerable<LlamaTensor> tensors, ElementType type, long shardBytes)
    {
        var shards = new List<List<LlamaTensor>>();
        long room = 0;
        foreach (var tensor in tensors)
        {
            long bytes = Bytes(tensor, type);
            if (shards.Count == 0 || bytes > room)
            {
                shards.Add([]);
                room = shardBytes;
            }
            shards[^1].Add(tensor);
            room -= bytes;
        }
        return shards;
    }

    private static void WriteIndex(string path, List<List<LlamaTensor>> shards, ElementType type) => AtomicFile.Write(path, stream =>
    {
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata");
            writer.WriteNumber("total_size", shards.Sum(shard => shard.Sum(tensor => Bytes(tensor, type))));
            writer.WriteEndObject();
            writer.WriteStartObject("weight_map");
            for (int i = 0; i < shards.Count; i++)
                foreach (var tensor in shards[i]) writer.WriteString(tensor.Name, FileName(i, shards.Count));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
    });

    private static long Bytes(LlamaTensor tensor, ElementType type) => (long)tensor.Rows * tensor.Columns * type.Size();

    private static string FileName(int shard, int shards) => shards == 1 ? WeightFiles.Single : $"model-{shard + 1:00000}-of-{shards:00000}.safetensors";
}
