using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The embedding: rows of a table, and its gradient.</summary>
internal static class EmbeddingTable
{
    /// <summary>x[i, :] = table[tokens[i], :].</summary>
    public static unsafe void Forward<T>(WeightView table, int[] tokens, MatrixView<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < tokens.Length; i++) Widen.Row(table, tokens[i], 0, table.Columns, x.RowPointer(i));
    }

    /// <summary>dTable[tokens[i], :] += dx[i, :], in ascending i.</summary>
    public static void Backward<T>(MatrixView<T> dx, int[] tokens, MatrixView<T> dTable) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < tokens.Length; i++) dx.Row(i).AddTo(dTable.Row(tokens[i]));
    }
}
