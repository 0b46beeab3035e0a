using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>
/// Dropout on the input of a LoRA adapter in one step of tuning. Whether an element is dropped is a function of (seed, step, layer, linear layer, row in the
/// job's batch, column), so it is the same in the backward pass, and whatever else is tuned alongside.
/// </summary>
/// <param name="probability">The probability of dropping, below 1.</param>
/// <param name="seed">The job's seed.</param>
internal sealed class Dropout(double probability, ulong seed)
{
    /// <summary>The step, from 1.</summary>
    public int Step { get; set; } = 1;

    /// <summary>Multiplies x [rows, in], whose first row is <paramref name="firstRow"/> of the job's batch, by the mask: 0, or 1 / (1 - p).</summary>
    public void Apply<T>(MatrixView<T> x, int firstRow, int layer, LinearLayer target) where T : unmanaged, IFloatingPointIeee754<T>
    {
        ulong stream = ((ulong)Step << 32) | ((ulong)layer << 8) | (ulong)target;
        for (int row = 0; row < x.Rows; row++) RandomMask.Apply(x.Row(row), seed, stream, (ulong)(firstRow + row) << 32, probability);
    }
}
