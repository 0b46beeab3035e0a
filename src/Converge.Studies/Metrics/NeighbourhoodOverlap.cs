namespace Converge.Studies.Metrics;

/// <summary>M17: how many of a query's nearest neighbours are the same under two conditions (Doimo et al. 2024).</summary>
public static class NeighbourhoodOverlap
{
    /// <summary>The number of neighbours; of a unit's few dozen queries a handful is what local means.</summary>
    public const int Neighbours = 5;

    /// <summary>
    /// For each query the share of its k nearest neighbours, by Euclidean distance, that both conditions have in common, in [0, 1]; two unrelated
    /// geometries give k / (n - 1). Null where there are no more than k other queries, so that every neighbourhood is the whole.
    /// </summary>
    public static double?[] PerQuery(DistanceMatrix first, DistanceMatrix second, int k = Neighbours)
    {
        var values = new double?[first.Size];
        if (first.Size - 1 <= k) return values;
        for (int query = 0; query < values.Length; query++)
            values[query] = first.NearestTo(query).Take(k).Intersect(second.NearestTo(query).Take(k)).Count() / (double)k;
        return values;
    }
}
