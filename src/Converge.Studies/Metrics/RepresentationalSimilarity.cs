using Converge.Studies.Statistics;

namespace Converge.Studies.Metrics;

/// <summary>
/// M5: representational similarity analysis (Kriegeskorte et al. 2008): whether the queries that are alike under one condition are alike under
/// the other.
/// </summary>
public static class RepresentationalSimilarity
{
    /// <summary>
    /// Spearman's correlation of the two query-by-query cosine matrices, each pair of different queries once. Null with fewer than three queries,
    /// where a state has no direction, or where all cosines of a condition are equal.
    /// </summary>
    public static double? Of(GramMatrix first, GramMatrix second)
    {
        double[] a = PairsOf(first), b = PairsOf(second);
        return a.Length < 3 || a.Any(double.IsNaN) || b.Any(double.IsNaN) ? null : Correlation.Spearman(a, b);
    }

    private static double[] PairsOf(GramMatrix gram) =>
        [.. from i in Enumerable.Range(0, gram.Size) from j in Enumerable.Range(0, i) select gram.Cosine(i, j)];
}
