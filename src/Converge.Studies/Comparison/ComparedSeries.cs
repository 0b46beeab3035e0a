using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Studies.Comparison;

/// <summary>One series of two studies, side by side.</summary>
/// <param name="First">The series in the first study.</param>
/// <param name="Second">The same series in the second study.</param>
/// <param name="Paired">Whether runs are compared in pairs: both studies drew the same instruction, demonstrations and queries for every run of the same number.</param>
/// <param name="Runs">The number of pairs, or of the runs of the smaller group.</param>
/// <param name="Difference">The mean of the second less that of the first; null where one is undefined.</param>
/// <param name="Interval">Its interval; null with too few runs.</param>
/// <param name="P">The two-sided p-value of "no difference"; null with too few runs, and where every pair is equal, so that there is nothing to test or to correct for.</param>
/// <param name="AdjustedP">The same, corrected for all series of the comparison by Holm's method.</param>
/// <param name="EffectSize">d_z of the pairs, or Cohen's d of the two samples; null without a spread.</param>
public sealed record ComparedSeries(SeriesSummary First, SeriesSummary Second, bool Paired, int Runs, double? Difference, Interval? Interval, double? P, double? AdjustedP, double? EffectSize);
