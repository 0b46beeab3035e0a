using System.Numerics;
using System.Runtime.CompilerServices;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>
/// The matrices that a pass computes in, beside what it keeps of its blocks. All layers use the same ones, and so do the passes after this: once the largest
/// has run, nothing is allocated any more. One pass at a time; whoever made it disposes of it.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class Workspace<T>(ModelConfig config) : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The residual stream, [tokens, hidden].</summary>
    public Matrix<T> Stream { get; } = new(0, config.HiddenSize);

    /// <summary>The gradient with respect to it.</summary>
    public Matrix<T> StreamGradient { get; } = new(0, config.HiddenSize);

    /// <summary>A norm's output.</summary>
    public Matrix<T> Normed { get; } = new(0, config.HiddenSize);

    /// <summary>The rows of the last block's input that its queries are wanted for.</summary>
    public Matrix<T> Wanted { get; } = new(0, config.HiddenSize);

    /// <summary>The norm's output for those rows.</summary>
    public Matrix<T> WantedNormed { get; } = new(0, config.HiddenSize);

    /// <summary>The gated unit's output, [rows, intermediate].</summary>
    public Matrix<T> Activated { get; } = new(0, config.IntermediateSize);

    /// <summary>The results of a block of a pass without gradients.</summary>
    public BlockActivations<T> Block { get; } = new(config);

    /// <summary>For the output head.</summary>
    public HeadMatrices<T> Head { get; } = new(config);

    /// <summary>For adapters.</summary>
    public LoraMatrices<T> Lora { get; } = new();

    /// <summary>What one token needs in a pass without gradients, in bytes: the residual stream, its norm, and what attention takes and gives.</summary>
    public static long BytesPerToken(ModelConfig config) => Unsafe.SizeOf<T>() * (2L * config.HiddenSize + 2L * config.QueryWidth + 2L * config.KeyValueWidth);

    /// <summary>What a pass needs whatever the number of its tokens, in bytes: the wide rows of the feed-forward network, and logits.</summary>
    public static long FixedBytes(ModelConfig config) => Unsafe.SizeOf<T>() * (Block<T>.FeedForwardRows * (3L * config.IntermediateSize + config.HiddenSize) + HeadMatrices<T>.Elements(config));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in new[] { Stream, StreamGradient, Normed, Wanted, WantedNormed, Activated }) matrix.Dispose();
        Block.Dispose();
        Head.Dispose();
        Lora.Dispose();
    }
}

/// <summary>What the output head computes in, some rows at a time.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class HeadMatrices<T>(ModelConfig config) : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private RunningSoftmax[] _softmax = [];

    /// <summary>Rows of the last layer's output.</summary>
    public Matrix<T> Rows { get; } = new(0, config.HiddenSize);

    /// <summary>Their final norm.</summary>
    public Matrix<T> Normed { get; } = new(0, config.HiddenSize);

    /// <summary>Their logits, or those of a chunk of the vocabulary.</summary>
    public Matrix<T> Logits { get; } = new(0, 0);

    /// <summary>The gradient with respect to <see cref="Normed"/>.</summary>
    public Matrix<T> NormedGradient { get; } = new(0, config.HiddenSize);

    /// <summary>The gradient with respect to <see cref="Rows"/>.</summary>
    public Matrix<T> RowsGradient { get; } = new(0, config.HiddenSize);

    /// <summary>Elements of all of them at most.</summary>
    public static long Elements(ModelConfig config)
    {
        long logits = Math.Max(OutputHead<T>.MostRows * Math.Min(config.VocabSize, OutputHead<T>.ChunkTokens), (long)OutputHead<T>.WholeRows(config) * config.VocabSize);
        return logits + 2L * (OutputHead<T>.MostRows + OutputHead<T>.WholeRows(config)) * config.HiddenSize;
    }

    /// <summary>The softmax of each of so many rows, nothing taken yet.</summary>
    public Memory<RunningSoftmax> Softmax(int rows)
    {
        if (_softmax.Length < rows) _softmax = new RunningSoftmax[rows];
        Array.Fill(_softmax, RunningSoftmax.Empty, 0, rows);
        return _softmax.AsMemory(0, rows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in new[] { Rows, Normed, Logits, NormedGradient, RowsGradient }) matrix.Dispose();
    }
}

/// <summary>What adapters compute in: a row for every row of the linear layer they sit on, whoever's it is.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class LoraMatrices<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A x, [rows, greatest rank].</summary>
    public Matrix<T> Down { get; } = new(0, 0);

    /// <summary>The gradient with respect to it.</summary>
    public Matrix<T> DownGradient { get; } = new(0, 0);

    /// <summary>The input after dropout.</summary>
    public Matrix<T> Dropped { get; } = new(0, 0);

    /// <summary>The gradient with respect to that.</summary>
    public Matrix<T> DroppedGradient { get; } = new(0, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in new[] { Down, DownGradient, Dropped, DroppedGradient }) matrix.Dispose();
    }
}
