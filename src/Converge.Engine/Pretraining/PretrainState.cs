using System.Globalization;
using System.Runtime.InteropServices;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Engine.Pretraining;

/// <summary>A pretraining as one file, from which it goes on as if it had never stopped: weights, moments, the number of updates, and notes of whoever feeds it.</summary>
public static class PretrainState
{
    private const string UpdatesKey = "updates";
    private static readonly string[] Parts = ["weight", "first_moment", "second_moment"];

    /// <summary>Writes or replaces the file, whole.</summary>
    /// <param name="path">The file, safetensors.</param>
    /// <param name="trainer">The pretraining.</param>
    /// <param name="notes">Kept with it; the key "updates" is taken.</param>
    /// <exception cref="BadInputException">The folder cannot be written or the disk is full.</exception>
    public static void Save(string path, Pretrainer trainer, IReadOnlyDictionary<string, string> notes)
    {
        var tensors = LlamaTensors.Of(trainer.Config).ToList();
        var specs = Parts.SelectMany(part => tensors.Select(tensor => new TensorSpec($"{part}.{tensor.Name}", "F32", tensor.FileShape)));
        var metadata = new Dictionary<string, string>(notes, StringComparer.Ordinal) { [UpdatesKey] = trainer.Updates.ToString(CultureInfo.InvariantCulture) };
        SafetensorsWriter.Write(path, specs, (name, stream) =>
        {
            var (part, tensor) = Split(name);
            var matrix = Part(trainer, part)[tensor];
            for (int row = 0; row < matrix.Rows; row++) stream.Write(MemoryMarshal.AsBytes(matrix.View.Row(row)));
        }, metadata);
    }

    /// <summary>The notes of a file that <see cref="Save"/> wrote, without its tensors.</summary>
    /// <exception cref="BadInputException">It cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> Notes(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Metadata;
    }

    /// <summary>The pretraining in a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is not of this shape.</exception>
    public static Pretrainer Load(string path, ModelConfig config, int threads)
    {
        using var file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(UpdatesKey, out var text) || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int updates))
            throw new BadInputException(path, "does not say how many updates it holds", "Delete it to begin anew");
        int expected = Parts.Length * LlamaTensors.Of(config).Count();
        if (file.Tensors.Count != expected) throw new BadInputException(path, $"holds {file.Tensors.Count} tensors, expected {expected}", "The file does not belong to this configuration");
        var trainer = new Pretrainer(config, new ModelParameters<float>(config), threads) { Updates = updates };
        try
        {
            foreach (var part in Parts)
                foreach (var tensor in LlamaTensors.Of(config))
                {
                    var from = file.View($"{part}.{tensor.Name}", tensor.Rows, tensor.Columns).AsMatrix<float>();
                    for (int row = 0; row < tensor.Rows; row++) from.Row(row).CopyTo(Part(trainer, part)[tensor.Name].View.Row(row));
                }
            return trainer;
        }
        catch
        {
            trainer.Dispose();
            throw;
        }
    }

    private static ModelParameters<float> Part(Pretrainer trainer, string part) => part == Parts[0] ? trainer.Parameters : part == Parts[1] ? trainer.First : trainer.Second;

    private static (string Part, string Tensor) Split(string name) => (name[..name.IndexOf('.', StringComparison.Ordinal)], name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]);
}
