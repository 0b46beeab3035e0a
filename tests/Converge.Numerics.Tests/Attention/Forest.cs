using System.Numerics;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Attention;

/// <summary>Segments with queries, keys, values and an output gradient for each of their rows.</summary>
internal sealed class Forest<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    public Forest(Segment[] segments, HeadShape shape, ulong seed, int gap = 0)
    {
        (Segments, Shape) = (segments, shape);
        int rows = segments.Sum(segment => segment.Length), width = shape.Heads * shape.HeadDim, kvWidth = shape.KeyValueHeads * shape.HeadDim;
        Q = new TestMatrix<T>(rows, width, gap).FillNormal(seed);
        K = new TestMatrix<T>(rows, kvWidth, gap).FillNormal(seed + 1);
        V = new TestMatrix<T>(rows, kvWidth, gap).FillNormal(seed + 2);
        DOutput = new TestMatrix<T>(rows, width, gap).FillNormal(seed + 3);
        Output = new TestMatrix<T>(rows, width, gap);
        DQ = new TestMatrix<T>(rows, width, gap);
        DK = new TestMatrix<T>(rows, kvWidth, gap).Fill((_, _) => 0);
        DV = new TestMatrix<T>(rows, kvWidth, gap).Fill((_, _) => 0);
    }

    public Segment[] Segments { get; }

    public HeadShape Shape { get; }

    public TestMatrix<T> Q { get; }

    public TestMatrix<T> K { get; }

    public TestMatrix<T> V { get; }

    public TestMatrix<T> DOutput { get; }

    public TestMatrix<T> Output { get; }

    public TestMatrix<T> DQ { get; }

    public TestMatrix<T> DK { get; }

    public TestMatrix<T> DV { get; }

    public int Rows => Q.Rows;

    public Forest<T> Forward(WorkPool? pool = null)
    {
        AttentionForward.Run(pool ?? Pools.Two, Segments, Shape, Q.View, K.View, V.View, Output.View);
        return this;
    }

    public Forest<T> Backward(WorkPool? pool = null)
    {
        AttentionBackward.Run(pool ?? Pools.Two, Segments, Shape, Q.View, K.View, V.View, DOutput.View, DQ.View, DK.View, DV.View);
        return this;
    }

    /// <summary>The rows of a segment's whole context, by position.</summary>
    public int[] Context(int segment)
    {
        var rows = new List<int>();
        for (int at = segment; at >= 0; at = Segments[at].Parent) rows.InsertRange(0, Enumerable.Range(Segments[at].FirstRow, Segments[at].Length));
        return [.. rows];
    }

    /// <summary>Takes queries, keys, values and gradients of the given rows of another forest.</summary>
    public Forest<T> CopyRows(Forest<T> source, IReadOnlyList<int> rows)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            source.Q.View.Row(rows[row]).CopyTo(Q.View.Row(row));
            source.K.View.Row(rows[row]).CopyTo(K.View.Row(row));
            source.V.View.Row(rows[row]).CopyTo(V.View.Row(row));
            source.DOutput.View.Row(rows[row]).CopyTo(DOutput.View.Row(row));
        }
        return this;
    }

    public void AssertUntouchedOutside()
    {
        foreach (var matrix in new[] { Q, K, V, DOutput, Output, DQ, DK, DV }) matrix.AssertUntouchedOutside();
    }

    public void Dispose()
    {
        foreach (var matrix in new[] { Q, K, V, DOutput, Output, DQ, DK, DV }) matrix.Dispose();
    }
}

/// <summary>Shapes of forests.</summary>
internal static class Forests
{
    /// <summary>One prompt in one segment.</summary>
    public static Segment[] One(int length) => [new Segment(0, length, -1, 0)];

    /// <summary>One prompt, cut into segments of the given lengths.</summary>
    public static Segment[] Chain(params int[] lengths)
    {
        var segments = new Segment[lengths.Length];
        for (int i = 0, start = 0; i < lengths.Length; start += lengths[i++]) segments[i] = new Segment(start, lengths[i], i - 1, start);
        return segments;
    }

    /// <summary>Segments under random parents, their rows in another order than they are listed in.</summary>
    public static Segment[] Random(RandomStream random, int count, int longest)
    {
        var segments = new Segment[count];
        for (int i = 0; i < count; i++)
        {
            int parent = i == 0 || random.Next(4) == 0 ? -1 : random.Next(i);
            segments[i] = new Segment(0, 1 + random.Next(longest), parent, parent < 0 ? 0 : segments[parent].End);
        }
        int row = 0;
        foreach (int i in random.Sample(count, count))
        {
            segments[i] = segments[i] with { FirstRow = row };
            row += segments[i].Length;
        }
        return segments;
    }

    /// <summary>A few heads of odd width, some sharing keys and values.</summary>
    public static HeadShape RandomShape(RandomStream random, int widest = 70)
    {
        int kvHeads = 1 + random.Next(3);
        return new HeadShape(kvHeads * (1 + random.Next(3)), kvHeads, 1 + random.Next(widest));
    }
}
