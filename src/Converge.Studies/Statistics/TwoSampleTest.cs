using Converge.Numerics;

namespace Converge.Studies.Statistics;

/// <summary>
/// A permutation test of two samples of runs that do not belong together in pairs. Runs are dealt anew to the two samples; the statistic is
/// Welch's t, so that the level holds in the limit for samples of unequal size and spread too (Janssen 1997); of few runs it does for equal sizes or
/// equal spreads alone, for which <see cref="MeanTests"/> takes a second road.
/// </summary>
public static class TwoSampleTest
{
    private const ulong StreamOfDeals = 0x6465_616C_0000_0000;

    /// <summary>The p-values of "the mean of the second less that of the first is zero", or null where either has fewer than two runs.</summary>
    /// <param name="first">One value a run.</param>
    /// <param name="second">One value a run.</param>
    /// <param name="options">Number and seed of the random deals.</param>
    public static PValues? Of(IReadOnlyList<double> first, IReadOnlyList<double> second, PermutationOptions options)
    {
        if (first.Count < 2 || second.Count < 2) return null;
        double[] pool = [.. first, .. second];
        double observed = Welch(pool, first.Count);
        double slack = 1e-12 * Math.Max(1, Math.Abs(observed));
        long greater = 1, less = 1;
        var random = new RandomStream(options.Seed, StreamOfDeals);
        for (int p = 0; p < options.Permutations; p++)
        {
            for (int i = 0; i < first.Count; i++)
            {
                int j = i + random.Next(pool.Length - i);
                (pool[i], pool[j]) = (pool[j], pool[i]);
            }
            double t = Welch(pool, first.Count);
            if (t >= observed - slack) greater++;
            if (t <= observed + slack) less++;
        }
        return new PValues(greater / (options.Permutations + 1.0), less / (options.Permutations + 1.0));
    }

    // The mean of the tail less that of the head, over its standard error. Samples without spread are infinitely far apart, or equal.
    private static double Welch(double[] pool, int head)
    {
        var (meanA, errorA) = MeanAndSquaredError(pool.AsSpan(0, head));
        var (meanB, errorB) = MeanAndSquaredError(pool.AsSpan(head));
        double difference = meanB - meanA, error = Math.Sqrt(errorA + errorB);
        return error > 0 ? difference / error : difference == 0 ? 0 : Math.CopySign(1e300, difference);
    }

    private static (double Mean, double SquaredError) MeanAndSquaredError(ReadOnlySpan<double> values)
    {
        double sum = 0, squares = 0;
        foreach (double value in values) sum += value;
        double mean = sum / values.Length;
        foreach (double value in values) squares += (value - mean) * (value - mean);
        return (mean, squares / ((double)values.Length * (values.Length - 1)));
    }
}
