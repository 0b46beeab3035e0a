namespace Converge.Numerics;

/// <summary>Walks a segment and its ancestors.</summary>
internal static class AncestorRows
{
    /// <summary>Calls <paramref name="visit"/> with (position of the first token, first row, length) for the segment and each ancestor.</summary>
    public static void ForEach(ReadOnlySpan<Segment> segments, int index, Action<int, int, int> visit)
    {
        for (int at = index; at >= 0; at = segments[at].Parent) visit(segments[at].Start, segments[at].FirstRow, segments[at].Length);
    }

    /// <summary>The row of every position of a segment's context, its own tokens included.</summary>
    public static int[] Of(ReadOnlySpan<Segment> segments, int index)
    {
        var rows = new int[segments[index].End];
        ForEach(segments, index, (start, firstRow, length) =>
        {
            for (int i = 0; i < length; i++) rows[start + i] = firstRow + i;
        });
        return rows;
    }
}
