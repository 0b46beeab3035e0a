using Converge.Studies.Statistics;

namespace Converge.Studies.Claims;

/// <summary>One quantity that a claim makes a statement of, with its test.</summary>
/// <param name="Quantity">What is measured, in words.</param>
/// <param name="Threshold">What it is held against; with a margin, the middle of the range.</param>
/// <param name="Margin">Null: the claim is that the quantity exceeds the threshold. Else that it differs from it by less than this.</param>
/// <param name="Runs">The number of runs.</param>
/// <param name="Mean">The mean over runs.</param>
/// <param name="Interval">Its interval; null with too few runs.</param>
/// <param name="For">The p-value for what the claim states.</param>
/// <param name="Against">The p-value for the opposite.</param>
/// <param name="EffectSize">The mean distance from the threshold over its standard deviation (d_z); null without a spread.</param>
/// <param name="RankBiserial">The matched-pairs rank-biserial correlation of the distances from the threshold; null where all are zero.</param>
public sealed record ClaimPart(
    string Quantity, double Threshold, double? Margin, int Runs, double Mean, Interval? Interval, double For, double Against, double? EffectSize, double? RankBiserial)
{
    /// <summary>"The mean exceeds the threshold", see <see cref="MeanTests"/>.</summary>
    internal static ClaimPart? Exceeds(string quantity, IReadOnlyList<double> values, double threshold, ClaimStatistics statistics)
    {
        double[] distances = [.. values.Select(value => value - threshold)];
        return statistics.Tests.OfMean(values, threshold) is { } p ? Of(quantity, values, distances, threshold, null, p.Greater, p.Less, statistics) : null;
    }

    /// <summary>"The mean is within the margin of zero", by two one-sided tests.</summary>
    internal static ClaimPart? IsWithin(string quantity, IReadOnlyList<double> values, double margin, ClaimStatistics statistics) =>
        EquivalenceTest.Of(values, margin, statistics.Tests) is { } p ? Of(quantity, values, values, 0, margin, p.Within, p.Outside, statistics) : null;

    private static ClaimPart Of(string quantity, IReadOnlyList<double> values, IReadOnlyList<double> distances, double threshold, double? margin, double pFor, double pAgainst, ClaimStatistics statistics) =>
        new(quantity, threshold, margin, values.Count, values.Sum() / values.Count, statistics.Bootstrap.IntervalOfMean(values), pFor, pAgainst,
            Statistics.EffectSize.PairedD(distances), Statistics.EffectSize.RankBiserial(distances));
}
