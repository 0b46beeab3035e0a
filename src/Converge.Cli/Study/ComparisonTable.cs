using System.Text.Json.Nodes;
using Converge.Studies.Comparison;
using Converge.Studies.Statistics;

namespace Converge.Cli.Study;

/// <summary>What <c>converge compare</c> says.</summary>
internal static class ComparisonTable
{
    /// <summary>A table for people, group by group.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<ComparedSeries> rows)
    {
        foreach (var group in rows.GroupBy(row => (row.First.Key.Group, row.Second.Key.Group, row.Paired)))
        {
            var (first, second, paired) = group.Key;
            yield return $"{first.Task}{(first.Factor == "base" ? "" : $", {first.Factor} {first.Level}")}: A {first.Model}, B {second.Model}; {(paired ? "runs in pairs" : "runs of their own, not in pairs")}";
            yield return $"  {"metric",-24} {"pair",-12} {"A",8} {"B",8} {"B - A",8}  {"95 % interval",-19} {"p",7} {"Holm",7} {"d",6}  runs";
            foreach (var row in group)
                yield return $"  {row.First.Key.Metric,-24} {row.First.Key.Pair,-12} {Number(row.First.Estimate.Mean)} {Number(row.Second.Estimate.Mean)} {Number(row.Difference)}  {Show(row.Interval),-19} "
                    + $"{P(row.P)} {P(row.AdjustedP)} {(row.EffectSize is { } d ? $"{d,6:0.00}" : "     -")}  {row.Runs}";
        }
    }

    /// <summary>The same for machines.</summary>
    public static JsonArray Data(IReadOnlyList<ComparedSeries> rows) => new([.. rows.Select(row => (JsonNode)new JsonObject
    {
        ["model_a"] = row.First.Key.Group.Model,
        ["model_b"] = row.Second.Key.Group.Model,
        ["task"] = row.First.Key.Group.Task,
        ["factor"] = row.First.Key.Group.Factor,
        ["level"] = row.First.Key.Group.Level,
        ["tap"] = row.First.Key.Tap,
        ["pair"] = row.First.Key.Pair,
        ["metric"] = row.First.Key.Metric,
        ["mean_a"] = row.First.Estimate.Mean,
        ["mean_b"] = row.Second.Estimate.Mean,
        ["difference"] = row.Difference,
        ["low"] = row.Interval?.Low,
        ["high"] = row.Interval?.High,
        ["p"] = row.P,
        ["p_adjusted"] = row.AdjustedP,
        ["effect_size"] = row.EffectSize,
        ["paired"] = row.Paired,
        ["runs"] = row.Runs,
    })]);

    private static string Number(double? value) => value is { } number ? $"{number,8:0.0000}" : "       -";

    private static string P(double? value) => value is { } p ? p < 0.001 ? "< 0.001" : $"{p,7:0.000}" : "      -";

    private static string Show(Interval? interval) => interval is { } known ? $"[{known.Low:0.0000}, {known.High:0.0000}]" : "-";
}
