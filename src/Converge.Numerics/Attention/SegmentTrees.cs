namespace Converge.Numerics;

/// <summary>The trees that segments form.</summary>
public static class SegmentTrees
{
    /// <summary>For each tree the indices of its segments, ascending; trees in the order of their roots.</summary>
    public static int[][] Of(Segment[] segments)
    {
        var root = new int[segments.Length];
        for (int i = 0; i < segments.Length; i++) root[i] = segments[i].Parent < 0 ? i : root[segments[i].Parent];
        return [.. Enumerable.Range(0, segments.Length).GroupBy(i => root[i]).Select(tree => tree.ToArray())];
    }
}
