namespace Converge.Studies.Metrics;

/// <summary>M11: whether two conditions predict the same label, right or wrong.</summary>
public static class Agreement
{
    /// <summary>
    /// 1 where the predictions are equal, 0 where they differ. With ties, the size of the intersection of the two sets of best labels over the
    /// size of their union, so that equal ties agree fully. Null where either has no prediction.
    /// </summary>
    public static double?[] PerQuery(IReadOnlyList<int>?[] first, IReadOnlyList<int>?[] second)
    {
        var values = new double?[first.Length];
        for (int query = 0; query < values.Length; query++)
        {
            if (first[query] is not { } a || second[query] is not { } b) continue;
            int shared = a.Intersect(b).Count();
            values[query] = (double)shared / (a.Count + b.Count - shared);
        }
        return values;
    }
}
