using Converge.Engine;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Run;
using Converge.Studies.Statistics;

namespace Converge.Studies.Tables;

/// <summary>Where rows go while units stream past.</summary>
/// <param name="Similarity">Takes every similarity.</param>
/// <param name="Prediction">Takes every accuracy and agreement.</param>
/// <param name="Likelihood">Takes every likelihood of references.</param>
/// <param name="Tuning">Takes every unit's tuning.</param>
public sealed record RowSinks(Action<MetricValue> Similarity, Action<MetricValue> Prediction, Action<MetricValue> Likelihood, Action<UnitKey, TuningStep> Tuning);

/// <summary>The results of a study: what is left of its units once states are metrics and metrics are summarised.</summary>
public sealed class StudyResults
{
    private readonly Dictionary<SeriesKey, SeriesSummary> _byKey;

    private StudyResults(string study, IReadOnlyList<GroupResults> groups, IReadOnlyList<SeriesSummary> summaries)
    {
        Study = study;
        Groups = groups;
        Summaries = summaries;
        _byKey = summaries.ToDictionary(summary => summary.Key);
    }

    /// <summary>The study's name.</summary>
    public string Study { get; }

    /// <summary>The groups of runs, in the order in which their first unit came.</summary>
    public IReadOnlyList<GroupResults> Groups { get; }

    /// <summary>All summaries: group by group, from the embedding upwards.</summary>
    public IReadOnlyList<SeriesSummary> Summaries { get; }

    /// <summary>The summary of a series that every group has.</summary>
    /// <exception cref="KeyNotFoundException">There is no such series.</exception>
    public SeriesSummary this[SeriesKey key] => _byKey[key];

    /// <summary>The summary of a series, or null where the group has none.</summary>
    public SeriesSummary? Find(SeriesKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>
    /// Computes every metric of every unit, hands the values to <paramref name="rows"/> and keeps what is derived: one unit's states are in
    /// memory at a time. Estimates do not depend on the order of the units; rows and groups follow it.
    /// </summary>
    /// <param name="units">The finished units.</param>
    /// <param name="options">Name, bootstrap, and how many prompts to keep.</param>
    /// <param name="rows">Where rows go, or null when they are not wanted.</param>
    /// <exception cref="BadInputException">There is no unit, a unit is there twice, or its arrays do not fit together.</exception>
    public static StudyResults FromUnits(IEnumerable<UnitRecord> units, ResultOptions options, RowSinks? rows = null)
    {
        var groups = new Dictionary<StudyGroup, GroupCollector>();
        var order = new List<GroupCollector>();
        var series = new SeriesCollector();
        var adapters = new AdapterPairs();
        foreach (var unit in units)
        {
            List<MetricSeries> similarities = [.. UnitMetrics.Similarities(unit)], answers = [.. UnitMetrics.Answers(unit)], splits = [.. UnitMetrics.SplitByPrediction(unit, similarities)], measures = [.. UnitMetrics.Measures(unit)];
            var group = StudyGroup.Of(unit.Key);
            if (!groups.TryGetValue(group, out var collector))
            {
                groups.Add(group, collector = new GroupCollector(unit, options));
                order.Add(collector);
            }
            collector.Add(unit);
            var (first, overlaps) = adapters.Add(unit);
            series.Add(collector.Group, first, overlaps);
            series.Add(collector.Group, unit.Key.Run, [.. similarities, .. Contrasts.OfSimilarities(similarities), .. splits, .. Contrasts.OfSplits(splits), .. measures, .. answers, .. Contrasts.OfAnswers(answers)]);
            if (rows is null) continue;
            foreach (var value in RowsOf(options.Study, collector.Group, unit.Key.Run, unit.Queries, [.. similarities, .. measures.Where(one => one.Layer is not null)])) rows.Similarity(value);
            foreach (var value in RowsOf(options.Study, collector.Group, first, [], overlaps)) rows.Similarity(value);
            var answered = unit.Answers is LabelAnswers ? rows.Prediction : rows.Likelihood;
            foreach (var value in RowsOf(options.Study, collector.Group, unit.Key.Run, unit.Queries, [.. answers, .. measures.Where(one => one.Layer is null)])) answered(value);
            foreach (var step in unit.TuningSteps) rows.Tuning(unit.Key, step);
        }
        if (order.Count == 0) throw new BadInputException(options.Study, "no unit is finished", "Run the study first");
        return new StudyResults(options.Study, [.. order.Select(collector => collector.Build())],
            series.Summarise(order.Select(collector => collector.Group), new ClusterBootstrap(options.Bootstrap)));
    }

    private static IEnumerable<MetricValue> RowsOf(string study, StudyGroup group, int run, IReadOnlyList<string> queries, IEnumerable<MetricSeries> series)
    {
        foreach (var one in series)
            for (int i = 0; i < one.Values.Count; i++)
                yield return new(study, group, run, one.PerQuery ? queries[i] : null, one.Layer, one.Tap, one.Pair, one.Metric, one.Values[i]);
    }
}
