namespace Converge.Studies.Metrics;

/// <summary>
/// M4: linear centred kernel alignment over queries (Kornblith et al. 2019, "Similarity of Neural Network Representations Revisited"):
/// HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L)) with K and L the Gram matrices of the two conditions. It compares the geometry of the queries, whatever
/// rotation, shift or scale lies between the two sets of states.
/// </summary>
public static class LinearCka
{
    /// <summary>
    /// With the unbiased estimator of HSIC (Song et al. 2012, equation 5), which does not grow as width outnumbers queries; it may fall below 0
    /// and, between different matrices, pass 1. Null with fewer than four queries or where either set's own HSIC is not above 0.
    /// </summary>
    public static double? Unbiased(GramMatrix first, GramMatrix second) =>
        first.Size < 4 ? null : Ratio(UnbiasedHsic(first, second), UnbiasedHsic(first, first), UnbiasedHsic(second, second));

    /// <summary>With the biased estimator tr(KHLH) / (n - 1)^2, as first published; in [0, 1] and near 1 for any states wider than they are many. Null where states are all equal.</summary>
    public static double? Biased(GramMatrix first, GramMatrix second)
    {
        var (a, b) = (Centred(first), Centred(second));
        return Ratio(InnerProduct.Of(a, b), InnerProduct.Of(a, a), InnerProduct.Of(b, b));
    }

    // (tr(KL) + 1'K1 1'L1 / ((n - 1)(n - 2)) - 2 / (n - 2) 1'KL1) / (n (n - 3)), with the diagonals of K and L set to zero.
    private static double UnbiasedHsic(GramMatrix first, GramMatrix second)
    {
        int n = first.Size;
        double trace = 0, sumFirst = 0, sumSecond = 0, product = 0;
        for (int i = 0; i < n; i++)
        {
            double rowFirst = 0, rowSecond = 0;
            for (int j = 0; j < n; j++)
            {
                if (i == j) continue;
                trace += first[i, j] * second[i, j];
                rowFirst += first[i, j];
                rowSecond += second[i, j];
            }
            sumFirst += rowFirst;
            sumSecond += rowSecond;
            product += rowFirst * rowSecond;
        }
        return (trace + sumFirst * sumSecond / ((n - 1.0) * (n - 2)) - 2 / (n - 2.0) * product) / (n * (n - 3.0));
    }

    private static double[] Centred(GramMatrix gram)
    {
        int n = gram.Size;
        var means = new double[n];
        double all = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) means[i] += gram[i, j] / n;
            all += means[i] / n;
        }
        var centred = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                centred[i * n + j] = gram[i, j] - means[i] - means[j] + all;
        return centred;
    }

    private static double? Ratio(double cross, double first, double second)
    {
        double ratio = cross / Math.Sqrt(first * second);
        return first > 0 && second > 0 && double.IsFinite(ratio) ? ratio : null;
    }
}
