namespace Converge.Studies.Statistics;

/// <summary>What one run contributes to an estimate.</summary>
/// <param name="Run">The run's number.</param>
/// <param name="Mean">The mean over the run's defined values; null where none is.</param>
/// <param name="Values">How many values are defined.</param>
/// <param name="Missing">How many are not.</param>
public sealed record RunMean(int Run, double? Mean, int Values, int Missing);
