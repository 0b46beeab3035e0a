using Converge.Studies.Statistics;

namespace Converge.Studies.Tables;

/// <summary>What is summarised: one metric of one pair at one place in the model, in one group of runs.</summary>
/// <param name="Group">Model, task, factor and level.</param>
/// <param name="Layer">The layer, or null where there is none.</param>
/// <param name="Tap">Where in the model.</param>
/// <param name="Pair">The conditions compared, the condition, or a contrast.</param>
/// <param name="Metric">The metric.</param>
public sealed record SeriesKey(StudyGroup Group, int? Layer, string Tap, string Pair, string Metric);

/// <summary>A series summarised over runs.</summary>
/// <param name="Key">What is summarised.</param>
/// <param name="Estimate">Mean, spread and interval.</param>
/// <param name="Runs">The runs, in the order of their numbers.</param>
public sealed record SeriesSummary(SeriesKey Key, Estimate Estimate, IReadOnlyList<RunMean> Runs);
