namespace Converge.Studies.Statistics;

/// <summary>Correction for many tests (Holm 1979, "A simple sequentially rejective multiple test procedure").</summary>
public static class Holm
{
    /// <summary>
    /// Adjusted p-values in the order of <paramref name="values"/>: with the p-values of m tests sorted, the i-th (from 0) becomes the greatest of
    /// (m - j) p[j] over j up to i, at most 1. Rejecting where they lie below a level keeps the chance of any false rejection below it.
    /// A test without a p-value stays without one and does not count.
    /// </summary>
    public static double?[] Adjust(IReadOnlyList<double?> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).Where(i => values[i] is not null).OrderBy(i => values[i])];
        var adjusted = new double?[values.Count];
        double greatest = 0;
        for (int i = 0; i < order.Length; i++)
        {
            greatest = Math.Max(greatest, Math.Min(1, (order.Length - i) * values[order[i]]!.Value));
            adjusted[order[i]] = greatest;
        }
        return adjusted;
    }
}
