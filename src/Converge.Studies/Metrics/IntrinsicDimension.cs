namespace Converge.Studies.Metrics;

/// <summary>M17: the intrinsic dimension of the states of one condition by two nearest neighbours (TwoNN; Facco et al. 2017).</summary>
public static class IntrinsicDimension
{
    /// <summary>
    /// (m - 1) / sum log(r2 / r1) over m queries, with r1 and r2 the distances to the nearest and the second nearest other query: the maximum-likelihood
    /// estimate under Facco's Pareto law, without its bias (Denti et al. 2022). Queries whose nearest state equals theirs are left out; null with
    /// fewer than three left, or where every query's two neighbours are equally far.
    /// </summary>
    public static double? TwoNearestNeighbours(DistanceMatrix distances)
    {
        double sum = 0;
        int m = 0;
        for (int query = 0; distances.Size >= 3 && query < distances.Size; query++)
        {
            var nearest = distances.NearestTo(query);
            double first = distances[query, nearest[0]], second = distances[query, nearest[1]];
            if (!(first > 0 && double.IsFinite(second))) continue;
            sum += Math.Log(second / first);
            m++;
        }
        return m >= 3 && sum > 0 ? (m - 1) / sum : null;
    }
}
