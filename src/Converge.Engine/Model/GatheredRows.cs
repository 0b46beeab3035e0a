using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>Copies of some rows.</summary>
internal static class GatheredRows
{
    /// <summary>Row i becomes row <paramref name="rows"/>[i] of <paramref name="source"/>.</summary>
    /// <returns>The target.</returns>
    public static MatrixView<T> GatherFrom<T>(this MatrixView<T> target, MatrixView<T> source, ReadOnlySpan<int> rows) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < rows.Length; i++) source.Row(rows[i]).CopyTo(target.Row(i));
        return target;
    }

    /// <summary>Row <paramref name="rows"/>[i] becomes row i of <paramref name="source"/>; the others stay as they are.</summary>
    /// <returns>The target.</returns>
    public static MatrixView<T> ScatterFrom<T>(this MatrixView<T> target, MatrixView<T> source, ReadOnlySpan<int> rows) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < rows.Length; i++) source.Row(i).CopyTo(target.Row(rows[i]));
        return target;
    }
}
