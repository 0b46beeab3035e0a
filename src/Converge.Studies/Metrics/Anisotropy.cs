namespace Converge.Studies.Metrics;

/// <summary>
/// C1: how alike the states of <em>different</em> queries are under one condition. A similarity between conditions that does not exceed
/// this level says no more than that the states of this model all point the same way.
/// </summary>
public static class Anisotropy
{
    /// <summary>
    /// The mean cosine over all pairs of different queries, in [-1, 1]. With unit vectors u_i and n queries it is
    /// (|sum u_i|^2 - n) / (n (n - 1)), which takes one pass. Queries without a direction are left out; null with fewer than two left.
    /// </summary>
    public static double? Of(StateMatrix states)
    {
        var sum = new double[states.Width];
        int n = 0;
        for (int row = 0; row < states.Rows; row++)
        {
            var state = states[row];
            double norm = Math.Sqrt(InnerProduct.Of(state, state));
            if (!(norm > 0 && double.IsFinite(norm))) continue;
            for (int i = 0; i < sum.Length; i++) sum[i] += state[i] / norm;
            n++;
        }
        return n < 2 ? null : Math.Clamp((InnerProduct.Of(sum, sum) - n) / ((double)n * (n - 1)), -1, 1);
    }
}
