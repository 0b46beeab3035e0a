using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>Writes a Hugging Face checkpoint: <c>config.json</c> and <c>model.safetensors</c>.</summary>
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

    /// <summary>Writes a folder whose tensors come from a delegate.</summary>
    internal static void Write(string directory, ModelConfig config, ElementType type, Action<LlamaTensor, Stream> writeTensor)
    {
        var tensors = LlamaTensors.Of(config).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var specs = tensors.Values.Select(tensor => new TensorSpec(tensor.Name, SafetensorsDtypes.Name(type), tensor.FileShape));
        SafetensorsWriter.Write(Path.Combine(directory, "model.safetensors"), specs, (name, stream) => writeTensor(tensors[name], stream));
        ConfigJson.Write(Path.Combine(directory, "config.json"), config, type);
    }
}
