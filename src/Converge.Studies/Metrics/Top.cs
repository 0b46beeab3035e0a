namespace Converge.Studies.Metrics;

/// <summary>The places of the greatest values.</summary>
internal static class Top
{
    /// <summary>The indices of the <paramref name="k"/> greatest values, greatest first; of equal ones the earlier first.</summary>
    public static IEnumerable<int> Of(ReadOnlySpan<double> values, int k)
    {
        var all = values.ToArray();
        return Enumerable.Range(0, all.Length).OrderByDescending(i => all[i]).Take(k);
    }
}
