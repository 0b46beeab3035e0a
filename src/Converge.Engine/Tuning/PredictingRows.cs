using System.Numerics;
using Converge.Engine.Model;

namespace Converge.Engine.Tuning;

/// <summary>The rows of a batch that predict something: only these are wanted of the last block.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Targets">What is predicted.</param>
/// <param name="Rows">The rows, ascending.</param>
/// <param name="Set">The same rows, see <see cref="Batch{T}.Subset"/>.</param>
/// <typeparam name="T">float or double.</typeparam>
internal sealed record PredictingRows<T>(Batch<T> Batch, LossTargets Targets, int[] Rows, RowSet<T> Set) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Whether they are all rows of the batch.</summary>
    public bool AreAll => Rows.Length == Batch.Tokens;

    /// <summary>Those of a batch.</summary>
    public static PredictingRows<T> Of(Batch<T> batch, LossTargets targets)
    {
        int[] rows = [.. targets.Rows.Distinct().Order()];
        return new PredictingRows<T>(batch, targets, rows, batch.Subset(rows));
    }
}
