namespace Converge.Studies.Tables;

/// <summary>A row of the tidy tables: one value.</summary>
/// <param name="Study">The study's name.</param>
/// <param name="Group">Model, task, factor and level.</param>
/// <param name="Run">The run's number.</param>
/// <param name="Query">The query's id, or null for a value of the whole unit.</param>
/// <param name="Layer">The layer, or null where there is none.</param>
/// <param name="Tap">Where in the model.</param>
/// <param name="Pair">The conditions compared, or the condition.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Value">The value; null where the metric is undefined.</param>
public readonly record struct MetricValue(
    string Study, StudyGroup Group, int Run, string? Query, int? Layer, string Tap, string Pair, string Metric, double? Value);
