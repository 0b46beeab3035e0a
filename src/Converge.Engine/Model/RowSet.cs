using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>Rows of a batch, with what a block's query side needs to know of them: all rows, or those that are wanted of the last block.</summary>
/// <param name="Positions">The position of each row in its prompt.</param>
/// <param name="Queries">The same rows as queries of attention.</param>
/// <param name="Adapters">The rows that run under adapters.</param>
/// <typeparam name="T">float or double.</typeparam>
internal sealed record RowSet<T>(int[] Positions, QueryRun[] Queries, AdapterRows<T>[] Adapters) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The greatest rank of the adapters, 0 without any.</summary>
    public int GreatestRank { get; } = Adapters.Select(run => run.Adapter.Recipe.Rank).DefaultIfEmpty().Max();

    /// <summary>Whether an adapter's input drops elements.</summary>
    public bool HasDropout { get; } = Adapters.Any(run => run.Dropout is not null);

    /// <summary>Whether an adapter sits on a linear layer.</summary>
    public bool Adapts(int layer, LinearLayer target)
    {
        foreach (var run in Adapters)
            if (run.Adapter[layer, target] is not null) return true;
        return false;
    }
}

/// <summary>Neighbouring rows under one adapter.</summary>
/// <param name="Index">The adapter's index.</param>
/// <param name="Adapter">The adapter.</param>
/// <param name="First">The first row.</param>
/// <param name="Count">The number of rows.</param>
/// <param name="Dropout">Dropout on the adapter's input, in tuning.</param>
/// <param name="Places">Where only some of the adapter's rows are: the place of each among all of them, which dropout goes by.</param>
/// <typeparam name="T">float or double.</typeparam>
internal sealed record AdapterRows<T>(int Index, LoraParameters<T> Adapter, int First, int Count, Dropout? Dropout, int[]? Places = null) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Applies dropout, which there must be, to values [rows, in] of these rows from <paramref name="firstRow"/> of them on.</summary>
    public void Drop(MatrixView<T> values, int firstRow, int layer, LinearLayer target)
    {
        if (Places is null)
        {
            Dropout!.Apply(values, firstRow, layer, target);
            return;
        }
        for (int row = 0; row < values.Rows; row++) Dropout!.Apply(values.RowRange(row, 1), Places[firstRow + row], layer, target);
    }
}
