using System.Numerics;
using Converge.Numerics;

namespace Converge.Studies.Statistics;

/// <summary>
/// The paired permutation test (Fisher 1935): if two conditions are exchangeable within a run, the difference of the run is as likely as its
/// negative. The statistic is the sum of the runs' differences; its null distribution is that over all signs, or over random ones where
/// there are too many, which then count themselves in (Phipson and Smyth 2010), so that no p-value is zero.
/// </summary>
public static class SignFlipTest
{
    // Keeps the signs apart from every other use of the same seed.
    private const ulong StreamOfSigns = 0x7369_676E_0000_0000;

    /// <summary>The p-values of "the mean difference is zero", or null without differences. Exact up to <see cref="PermutationOptions.ExactUpTo"/> runs.</summary>
    /// <param name="differences">One difference a run; none is infinite or undefined.</param>
    /// <param name="options">When to be exact; number and seed of random signs.</param>
    public static PValues? Of(IReadOnlyList<double> differences, PermutationOptions options)
    {
        if (differences.Count == 0) return null;
        double sum = Moments.Sum(differences);
        // Sums that are equal but for the order of their rounding must count as equal.
        double slack = 1e-12 * Moments.Sum([.. differences.Select(Math.Abs)]);
        return differences.Count <= options.ExactUpTo ? Exact(differences, sum, slack) : Sampled(differences, sum, slack, options);
    }

    // One sign changes from each combination to the next (Gray code).
    private static PValues Exact(IReadOnlyList<double> differences, double observed, double slack)
    {
        long all = 1L << differences.Count, greater = 1, less = 1;
        var signs = new double[differences.Count];
        Array.Fill(signs, 1);
        double sum = observed;
        for (long i = 1; i < all; i++)
        {
            int changed = BitOperations.TrailingZeroCount(i);
            signs[changed] = -signs[changed];
            sum += 2 * signs[changed] * differences[changed];
            if (sum >= observed - slack) greater++;
            if (sum <= observed + slack) less++;
        }
        return new PValues((double)greater / all, (double)less / all);
    }

    private static PValues Sampled(IReadOnlyList<double> differences, double observed, double slack, PermutationOptions options)
    {
        long greater = 1, less = 1;
        int words = (differences.Count + 31) / 32;
        for (int p = 0; p < options.Permutations; p++)
        {
            double sum = 0;
            for (int word = 0; word < words; word++)
            {
                uint bits = Philox.At(options.Seed, StreamOfSigns | (uint)word, (ulong)p).X0;
                for (int i = 32 * word; i < Math.Min(differences.Count, 32 * (word + 1)); i++, bits >>= 1)
                    sum += (bits & 1) == 0 ? differences[i] : -differences[i];
            }
            if (sum >= observed - slack) greater++;
            if (sum <= observed + slack) less++;
        }
        return new PValues(greater / (options.Permutations + 1.0), less / (options.Permutations + 1.0));
    }
}
