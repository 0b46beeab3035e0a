using System.Numerics;
using System.Runtime.CompilerServices;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The intermediate results of one block that its backward pass needs, [tokens, ...]. A pass without gradients uses one set for all blocks.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class BlockActivations<T>(ModelConfig config) : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The block's input. Kept for the backward pass only.</summary>
    public Matrix<T> Input { get; } = new(0, config.HiddenSize);

    /// <summary>Queries, rotated.</summary>
    public Matrix<T> Q { get; } = new(0, config.QueryWidth);

    /// <summary>Keys, rotated.</summary>
    public Matrix<T> K { get; } = new(0, config.KeyValueWidth);

    /// <summary>Values.</summary>
    public Matrix<T> V { get; } = new(0, config.KeyValueWidth);

    /// <summary>The heads' outputs, before o_proj.</summary>
    public Matrix<T> Attention { get; } = new(0, config.QueryWidth);

    /// <summary>The residual stream after attention. Kept for the backward pass only.</summary>
    public Matrix<T> Middle { get; } = new(0, config.HiddenSize);

    /// <summary>gate_proj's output; of some rows where nothing is kept.</summary>
    public Matrix<T> Gate { get; } = new(0, config.IntermediateSize);

    /// <summary>up_proj's output; of some rows where nothing is kept.</summary>
    public Matrix<T> Up { get; } = new(0, config.IntermediateSize);

    /// <summary>What one token needs in a set that is kept for the backward pass, in bytes.</summary>
    public static long BytesPerToken(ModelConfig config) =>
        Unsafe.SizeOf<T>() * (2L * config.HiddenSize + 2L * config.QueryWidth + 2L * config.KeyValueWidth + 2L * config.IntermediateSize);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in new[] { Input, Q, K, V, Attention, Middle, Gate, Up }) matrix.Dispose();
    }
}
