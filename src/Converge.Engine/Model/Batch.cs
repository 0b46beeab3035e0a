using System.Numerics;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>What the blocks need to know of the batch that runs through them.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class Batch<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly IReadOnlyList<LoraParameters<T>> _adapters;
    private readonly IReadOnlyList<Dropout?>? _dropouts;
    private int[][]? _trees;

    public Batch(PromptForest forest, IReadOnlyList<LoraParameters<T>> adapters, IReadOnlyList<Dropout?>? dropouts = null)
    {
        (Forest, _adapters, _dropouts) = (forest, adapters, dropouts);
        All = Rows(QueryRun.All(forest.Segments), forest.Positions);
    }

    /// <summary>The prompts.</summary>
    public PromptForest Forest { get; }

    /// <summary>The number of tokens.</summary>
    public int Tokens => Forest.Tokens.Length;

    /// <summary>The trees of the forest's segments.</summary>
    public int[][] Trees => _trees ??= SegmentTrees.Of(Forest.Segments);

    /// <summary>All rows.</summary>
    public RowSet<T> All { get; }

    /// <summary>Some of the batch's rows, in ascending order; row i of the set is row <paramref name="rows"/>[i] of the batch.</summary>
    public RowSet<T> Subset(int[] rows)
    {
        var runs = new List<QueryRun>();
        int segment = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            while (rows[i] >= Forest.Segments[segment].FirstRow + Forest.Segments[segment].Length) segment++;
            int position = Forest.Positions[rows[i]];
            if (runs.Count > 0 && runs[^1].Segment == segment && runs[^1].Position + runs[^1].Count == position) runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            else runs.Add(new QueryRun(segment, position, 1, i));
        }
        var some = Rows([.. runs], Array.ConvertAll(rows, row => Forest.Positions[row]));
        for (int i = 0; i < some.Adapters.Length; i++)
        {
            var run = some.Adapters[i];
            some.Adapters[i] = run with { Places = [.. Enumerable.Range(run.First, run.Count).Select(row => PlaceOf(rows[row]))] };
        }
        return some;
    }

    // Among the rows that run under the same adapter beside it.
    private int PlaceOf(int row) => row - All.Adapters.Last(run => run.First <= row).First;

    private RowSet<T> Rows(QueryRun[] queries, int[] positions)
    {
        var adapted = new List<AdapterRows<T>>();
        foreach (var run in queries)
        {
            int adapter = Forest.Adapters[run.Segment];
            if (adapter < 0) continue;
            if (adapted.Count > 0 && adapted[^1].Index == adapter) adapted[^1] = adapted[^1] with { Count = adapted[^1].Count + run.Count };
            else adapted.Add(new AdapterRows<T>(adapter, _adapters[adapter], run.Row, run.Count, _dropouts?[adapter]));
        }
        return new RowSet<T>(positions, queries, [.. adapted]);
    }
}
