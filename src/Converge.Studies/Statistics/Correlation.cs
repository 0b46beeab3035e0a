namespace Converge.Studies.Statistics;

/// <summary>Correlations of two lists of numbers.</summary>
public static class Correlation
{
    /// <summary>Pearson's correlation; null with fewer than two pairs or where one list is constant.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double? Pearson(double[] a, double[] b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"lists of {a.Length} and {b.Length} numbers");
        // A constant list has no correlation; what rounding leaves of its spread must not give it one.
        if (a.Length < 2 || a.Max() == a.Min() || b.Max() == b.Min()) return null;
        double correlation = MathNet.Numerics.Statistics.Correlation.Pearson(a, b);
        return double.IsFinite(correlation) ? Math.Clamp(correlation, -1, 1) : null;
    }

    /// <summary>Spearman's rank correlation: Pearson's of the ranks, equal values sharing theirs.</summary>
    public static double? Spearman(double[] a, double[] b) => Pearson(Ranks.Of(a), Ranks.Of(b));

    /// <summary>
    /// Kendall's tau-b: (concordant - discordant) / sqrt((pairs - ties in a) (pairs - ties in b)), in [-1, 1] (Kendall 1945). Null where one list is
    /// constant or has fewer than two values.
    /// </summary>
    public static double? Kendall(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"lists of {a.Length} and {b.Length} numbers");
        long balance = 0, untiedA = 0, untiedB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                int x = a[i].CompareTo(a[j]), y = b[i].CompareTo(b[j]);
                balance += x * y;
                untiedA += x * x;
                untiedB += y * y;
            }
        }
        double tau = balance / Math.Sqrt((double)untiedA * untiedB);
        return double.IsFinite(tau) ? tau : null;
    }
}
