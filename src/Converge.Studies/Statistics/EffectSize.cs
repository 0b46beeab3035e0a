namespace Converge.Studies.Statistics;

/// <summary>How large a difference is, whatever the number of runs.</summary>
public static class EffectSize
{
    /// <summary>
    /// Cohen's d_z: the mean of the runs' differences over their standard deviation (Cohen 1988, section 2.3.5). Null with fewer than two runs,
    /// or where all differences are equal, so that they have no scale.
    /// </summary>
    public static double? PairedD(IReadOnlyList<double> differences) =>
        Moments.Sd(differences) is { } sd && sd > 1e-12 * differences.Max(Math.Abs) ? Moments.Mean(differences) / sd : null;

    /// <summary>
    /// The matched-pairs rank-biserial correlation (Kerby 2014): the ranks of the positive differences' sizes less those of the negative ones',
    /// over the sum of all; 1 where all are positive, -1 where all are negative. Equal sizes share their mean rank; differences of zero are left
    /// out, as Wilcoxon does. Null where nothing is left.
    /// </summary>
    public static double? RankBiserial(IReadOnlyList<double> differences)
    {
        double[] left = [.. differences.Where(difference => difference != 0)];
        if (left.Length == 0) return null;
        double[] ranks = Ranks.Of([.. left.Select(Math.Abs)]);
        double balance = 0;
        for (int i = 0; i < left.Length; i++) balance += left[i] > 0 ? ranks[i] : -ranks[i];
        return balance / ((double)left.Length * (left.Length + 1) / 2);
    }

    /// <summary>
    /// Cohen's d of two samples: the mean of the second less that of the first, over the root of the mean of their variances. Null where either
    /// has fewer than two runs or neither has a spread.
    /// </summary>
    public static double? UnpairedD(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (Moments.Sd(first) is not { } a || Moments.Sd(second) is not { } b || a + b == 0) return null;
        return (Moments.Mean(second) - Moments.Mean(first)) / Math.Sqrt((a * a + b * b) / 2);
    }
}
