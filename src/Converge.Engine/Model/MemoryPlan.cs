using System.Numerics;
using System.Runtime.CompilerServices;
using Converge.Engine.Checkpoints;

namespace Converge.Engine.Model;

/// <summary>How much memory a model takes, and for what. Changes no bit of any result.</summary>
/// <param name="Limit">All that may be taken, in bytes.</param>
/// <param name="Weights">Weights that are in memory at a time, in bytes.</param>
/// <param name="Streams">Whether weights pass through memory block by block, because they do not fit.</param>
/// <param name="PassActivations">Activations of one forward pass, in bytes; more prompts than that take several passes.</param>
/// <param name="KeptActivations">Activations that tuning keeps for the backward pass, in bytes; where one job has more, some blocks run forward twice.</param>
public sealed record MemoryPlan(long Limit, long Weights, bool Streams, long PassActivations, long KeptActivations)
{
    // The runtime, a tokenizer, texts.
    private const long Overhead = 96L << 20;
    private const long MostPass = 2L << 30, MostKept = 6L << 30;

    /// <summary>The fewest tokens for whose activations there must be room.</summary>
    internal const int FewestTokens = 256;

    /// <summary>
    /// Of how many blocks, the last ones, tuning keeps all activations of so many tokens; at least of one. Of the others it keeps the inputs, and runs them
    /// forward a second time.
    /// </summary>
    internal int KeptBlocks<T>(ModelConfig config, long tokens) where T : unmanaged, IFloatingPointIeee754<T>
    {
        long block = BlockActivations<T>.BytesPerToken(config), input = (long)Unsafe.SizeOf<T>() * config.HiddenSize;
        long room = KeptActivations / Math.Max(1, tokens) - BlockBackward<T>.BytesPerToken(config);
        if (room >= config.Layers * block) return config.Layers;
        return (int)Math.Clamp((room - block - config.Layers * input) / (block - input), 1, Math.Max(1, config.Layers - 1));
    }

    /// <summary>A plan without a limit of one's own: for weights that are in memory anyway.</summary>
    internal static MemoryPlan Unlimited { get; } = new(long.MaxValue, 0, false, MostPass, MostKept);

    /// <summary>The plan for a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="limit">All that may be taken, in bytes; null: what the machine, or the container, has.</param>
    /// <exception cref="BadInputException">The limit is too low for the model.</exception>
    public static MemoryPlan Of(Checkpoint checkpoint, long? limit = null)
    {
        long all = limit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, free = all - Overhead;
        var (config, weights) = (checkpoint.Config, checkpoint.Weights);
        long total = checkpoint.TotalBytes, block = LinearLayers.All.Sum(layer => WeightStream.Bytes(weights.Blocks[0][layer]));
        bool streams = total > free / 4 * 3;
        // The block that computes and the one that is being read; the head, and of the embedding what the tokens need.
        long resident = streams ? 2 * block + WeightStream.Bytes(weights.Head) : total;
        long rest = free - resident, least = 4L * FewestTokens * BlockActivations<float>.BytesPerToken(config);
        if (rest < least)
            throw new BadInputException("--memory", $"{all >> 20} MiB are too little for this model, which needs {(Overhead + resident + least >> 20) + 1}", "Give more");
        return new MemoryPlan(all, resident, streams, Math.Min(MostPass, rest / 4), Math.Min(MostKept, rest / 2));
    }
}
