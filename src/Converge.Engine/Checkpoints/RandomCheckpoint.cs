using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>Writes a checkpoint with random weights, for demonstrations, measurements and tests: the same bytes for the same seed.</summary>
public static class RandomCheckpoint
{
    /// <summary>
    /// Writes a folder. Norm weights are 1 and biases 0. A matrix is near normal with variance 1 / columns, so that it keeps the size of what
    /// it maps; o_proj and down_proj are smaller by sqrt(2 layers), so that the residual stream, which sums them, keeps its size too
    /// (as GPT-2 does; Radford et al. 2019, section 2.3).
    /// </summary>
    /// <param name="directory">The folder; made if it is not there.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="type">F32 or BF16.</param>
    /// <param name="shardBytes">The most that one file should hold, in bytes; beyond it the weights are spread over shards.</param>
    /// <param name="progress">Told the number of bytes of weights written so far, if given.</param>
    /// <param name="cancellation">Stops within a tensor; what is there then is not a checkpoint.</param>
    /// <exception cref="BadInputException">The folder cannot be written or the disk is full.</exception>
    public static void Write(
        string directory, ModelConfig config, ulong seed, ElementType type = ElementType.F32, long shardBytes = long.MaxValue, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ulong stream = 0;
        var streams = LlamaTensors.Of(config).ToDictionary(tensor => tensor.Name, _ => stream++, StringComparer.Ordinal);
        long bytes = 0;
        CheckpointWriter.Write(directory, config, type, WriteTensor, shardBytes);

        void WriteTensor(LlamaTensor tensor, Stream file)
        {
            var row = new float[tensor.Columns];
            double deviation = Deviation(tensor, config);
            for (int r = 0; r < tensor.Rows; r++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (tensor.IsVector) Array.Fill(row, tensor.Name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : 1);
                else RandomValues.Fill(row, deviation, seed, streams[tensor.Name], (ulong)r * (ulong)row.Length);
                WeightConversion.Write(file, row, type);
                progress?.Report(bytes += (long)row.Length * type.Size());
            }
        }
    }

    private static double Deviation(LlamaTensor tensor, ModelConfig config)
    {
        bool writesResidual = tensor.Name.EndsWith(".o_proj.weight", StringComparison.Ordinal) || tensor.Name.EndsWith(".down_proj.weight", StringComparison.Ordinal);
        return 1 / Math.Sqrt((double)tensor.Columns * (writesResidual ? 2 * config.Layers : 1));
    }
}
