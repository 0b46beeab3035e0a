using System.Text.Json.Nodes;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Cli.Study;

/// <summary>The few numbers that a run ends with: the cosine of the three pairs at the last layer, and the accuracies; in tasks without labels the log-likelihoods.</summary>
internal static class Headline
{
    /// <summary>Lines for people.</summary>
    public static IEnumerable<string> Lines(StudyResults results)
    {
        foreach (var group in results.Groups)
        {
            if (group.Group.Factor != PlannedLevel.Base) continue;
            yield return $"{group.Group.Model}, {group.Group.Task}: {group.Runs} runs, {group.Queries} queries; mean, SD over runs and 95 % interval";
            foreach (var (key, estimate, _) in Of(results, group.Group))
                yield return $"  {Name(key),-21} {Number(estimate.Mean)}  {Number(estimate.Sd)}  {Show(estimate.Interval)}";
        }
        foreach (var level in results.Groups.Where(group => group.Group.Factor != PlannedLevel.Base))
        {
            var (_, estimate, _) = results[new SeriesKey(level.Group, level.Layers, Taps.FinalNorm, ConditionPair.IclIt.Name, MetricNames.Cosine)];
            yield return $"{level.Group.Model}, {level.Group.Task}, {level.Group.Factor} {level.Group.Level}: cosine icl-it {Number(estimate.Mean)}  {Number(estimate.Sd)}  {Show(estimate.Interval)}";
        }
    }

    /// <summary>The same for machines.</summary>
    public static JsonArray Data(StudyResults results) => new([.. results.Groups.SelectMany(group => Of(results, group.Group)).Select(summary => (JsonNode)new JsonObject
    {
        ["model"] = summary.Key.Group.Model,
        ["task"] = summary.Key.Group.Task,
        ["factor"] = summary.Key.Group.Factor,
        ["level"] = summary.Key.Group.Level,
        ["tap"] = summary.Key.Tap,
        ["pair"] = summary.Key.Pair,
        ["metric"] = summary.Key.Metric,
        ["mean"] = summary.Estimate.Mean,
        ["sd"] = summary.Estimate.Sd,
        ["low"] = summary.Estimate.Interval?.Low,
        ["high"] = summary.Estimate.Interval?.High,
        ["runs"] = summary.Estimate.Runs,
    })]);

    private static IEnumerable<SeriesSummary> Of(StudyResults results, StudyGroup group)
    {
        var pairs = ConditionPair.All.Select(pair => pair.Name).ToHashSet();
        return results.Summaries.Where(summary => summary.Key.Group == group
            && ((summary.Key.Tap == Taps.FinalNorm && summary.Key.Metric == MetricNames.Cosine && pairs.Contains(summary.Key.Pair))
                || (summary.Key.Metric is MetricNames.Accuracy or MetricNames.LogLikelihood && Converge.Studies.Conditions.Conditions.All.Any(condition => Converge.Studies.Conditions.Conditions.Name(condition) == summary.Key.Pair))));
    }

    private static string Name(SeriesKey key) => $"{(key.Metric == MetricNames.LogLikelihood ? "log-likelihood" : key.Metric)} {key.Pair}";

    private static string Number(double? value) => value is { } number ? $"{number,7:0.0000}" : "      -";

    private static string Show(Interval? interval) => interval is { } known ? $"[{known.Low:0.0000}, {known.High:0.0000}]" : "too few runs for an interval";
}
