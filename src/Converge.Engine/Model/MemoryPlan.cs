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
    // The runtime, a tokenizer, texts, packed operands.
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
    public static MemoryPlan Of(Checkpoint checkpoint, long? limit = null) => Of(checkpoint.Config, checkpoint.TotalBytes, limit);

    /// <summary>The plan for a model of which only the shape and the size of its weights are known.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="weightBytes">All weights, in bytes.</param>
    /// <param name="limit">All that may be taken, in bytes; null: what the machine, or the container, has.</param>
    /// <exception cref="BadInputException">The limit is too low for the model.</exception>
    public static MemoryPlan Of(ModelConfig config, long weightBytes, long? limit = null)
    {
        long all = limit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, free = all - Overhead - Workspace<float>.FixedBytes(config);
        bool streams = weightBytes > free / 4 * 3;
        // The block that computes and the one that is being read; the head, and of the embedding what the tokens need.
        double bytesPerParameter = (double)weightBytes / Parameters(config);
        long resident = streams ? (long)(bytesPerParameter * (2 * config.LinearParametersPerLayer + (long)config.VocabSize * config.HiddenSize)) : weightBytes;
        long rest = free - resident, least = 4L * FewestTokens * BlockActivations<float>.BytesPerToken(config);
        if (rest < least) throw TooLittle(all, all - rest + least);
        return new MemoryPlan(all, resident, streams, Math.Min(MostPass, rest / 4), Math.Min(MostKept, rest / 2));
    }

    /// <summary>Tokens of one forward pass.</summary>
    public int TokensPerPass(ModelConfig config, ComputeMode mode) => mode == ComputeMode.F64 ? TokensPerPass<double>(config) : TokensPerPass<float>(config);

    /// <summary>Of how many blocks tuning keeps the activations of so many tokens; the others run forward a second time.</summary>
    public int KeptBlocks(ModelConfig config, ComputeMode mode, long tokens) => mode == ComputeMode.F64 ? KeptBlocks<double>(config, tokens) : KeptBlocks<float>(config, tokens);

    /// <summary>The plan within this one for tuning all weights, of which there are four copies in the arithmetic of the pass: values, gradients and two moments.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="mode">The arithmetic.</param>
    /// <exception cref="BadInputException">The memory is too little for it.</exception>
    public MemoryPlan ForFullTuning(ModelConfig config, ComputeMode mode) => mode == ComputeMode.F64 ? ForFullTuning<double>(config) : ForFullTuning<float>(config);

    /// <inheritdoc cref="TokensPerPass(ModelConfig, ComputeMode)"/>
    internal int TokensPerPass<T>(ModelConfig config) where T : unmanaged, IFloatingPointIeee754<T> =>
        (int)Math.Clamp(PassActivations / Workspace<T>.BytesPerToken(config), FewestTokens, 1 << 16);

    /// <inheritdoc cref="ForFullTuning(ModelConfig, ComputeMode)"/>
    internal MemoryPlan ForFullTuning<T>(ModelConfig config) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Limit == long.MaxValue) return this;
        // The weights in the file are read once, to be copied: the system may drop them.
        long copies = 4L * Unsafe.SizeOf<T>() * Parameters(config), taken = Overhead + Workspace<T>.FixedBytes(config) + copies;
        long rest = Limit - taken, least = 4L * FewestTokens * BlockActivations<T>.BytesPerToken(config);
        if (rest < least) throw TooLittle(Limit, taken + least);
        return this with { Weights = copies, Streams = false, PassActivations = Math.Min(MostPass, rest / 4), KeptActivations = Math.Min(MostKept, rest / 2) };
    }

    /// <summary>
    /// Tokens of a tuning step that are worth reading all weights: computing with them takes as long as a disk of some gigabytes a second takes to read, and their
    /// activations fit where every block but one runs forward twice.
    /// </summary>
    internal long TokensWorthReading<T>(ModelConfig config) where T : unmanaged, IFloatingPointIeee754<T>
    {
        long block = BlockActivations<T>.BytesPerToken(config), input = (long)Unsafe.SizeOf<T>() * config.HiddenSize;
        return Math.Min(512, KeptActivations / (2 * block + BlockBackward<T>.BytesPerToken(config) + config.Layers * input));
    }

    private static long Parameters(ModelConfig config) => LlamaTensors.Of(config).Sum(tensor => (long)tensor.Rows * tensor.Columns);

    private static BadInputException TooLittle(long all, long needed) =>
        new("--memory", $"{all >> 20} MiB are too little for this model, which needs {(needed >> 20) + 1}", "Give more");
}
