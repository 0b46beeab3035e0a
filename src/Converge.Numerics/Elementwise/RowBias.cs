using System.Numerics;

namespace Converge.Numerics;

/// <summary>A bias on every row, and its gradient.</summary>
public static class RowBias
{
    /// <summary>y[tokens, width] += bias[1, width].</summary>
    public static unsafe void Add<T>(WorkPool pool, MatrixView<T> y, WeightView bias) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = y.Columns;
        T* values = Scratch.First<T>(n);
        Widen.Row(bias, 0, 0, n, values);
        RowBlocks.ForEach(pool, y.Rows, (y, values: (nint)values), static (all, row) => new Span<T>((T*)all.values, all.y.Columns).AddTo(all.y.Row(row)));
    }

    /// <summary>dBias[1, width] += the sum of the rows of dy, in ascending order.</summary>
    public static void Backward<T>(MatrixView<T> dy, MatrixView<T> dBias) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var sums = dBias.Row(0);
        for (int row = 0; row < dy.Rows; row++) dy.Row(row).AddTo(sums);
    }
}
