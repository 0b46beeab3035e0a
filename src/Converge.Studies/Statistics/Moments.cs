namespace Converge.Studies.Statistics;

/// <summary>Sum, mean and standard deviation of a few numbers, added in their order.</summary>
internal static class Moments
{
    /// <summary>The sum.</summary>
    public static double Sum(IReadOnlyList<double> values)
    {
        double sum = 0;
        for (int i = 0; i < values.Count; i++) sum += values[i];
        return sum;
    }

    /// <summary>The mean.</summary>
    public static double Mean(IReadOnlyList<double> values) => Sum(values) / values.Count;

    /// <summary>The standard deviation with n - 1; null with fewer than two values.</summary>
    public static double? Sd(IReadOnlyList<double> values)
    {
        if (values.Count < 2) return null;
        double mean = Mean(values);
        return Math.Sqrt(Sum([.. values.Select(value => (value - mean) * (value - mean))]) / (values.Count - 1));
    }
}
