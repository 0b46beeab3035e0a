using Converge.Studies.Metrics;
using Converge.Studies.Statistics;

namespace Converge.Studies.Tables;

/// <summary>Keeps of every series one number a run, and summarises them.</summary>
internal sealed class SeriesCollector
{
    private readonly Dictionary<StudyGroup, List<SeriesKey>> _keys = [];
    private readonly Dictionary<SeriesKey, List<RunMean>> _runs = [];

    public void Add(StudyGroup group, int run, IReadOnlyList<MetricSeries> series)
    {
        foreach (var one in series)
        {
            var key = new SeriesKey(group, one.Layer, one.Tap, one.Pair, one.Metric);
            if (!_runs.TryGetValue(key, out var runs))
            {
                _runs.Add(key, runs = []);
                if (!_keys.TryGetValue(group, out var keys)) _keys.Add(group, keys = []);
                keys.Add(key);
            }
            int missing = one.Values.Count(value => value is null);
            runs.Add(new RunMean(run, one.Mean(), one.Values.Count - missing, missing));
        }
    }

    // Each series is summarised on its own, so the number of threads changes nothing.
    public IReadOnlyList<SeriesSummary> Summarise(IEnumerable<StudyGroup> groups, ClusterBootstrap bootstrap) =>
        [.. groups.SelectMany(group => _keys[group]).AsParallel().AsOrdered().Select(key =>
            new SeriesSummary(key, Estimate.Of(_runs[key], bootstrap), [.. _runs[key].OrderBy(run => run.Run)]))];
}
