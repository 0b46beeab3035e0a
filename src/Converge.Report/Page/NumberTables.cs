using System.Globalization;
using Converge.Report.Figures;
using Converge.Report.Markup;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report.Page;

/// <summary>The numbers of a group as tables.</summary>
internal static class NumberTables
{
    /// <summary>The columns of a table of estimates.</summary>
    public static readonly string[] Columns = ["", "mean", "SD", "95 % interval", "runs", "values", "undefined"];

    public static void WriteHeadline(MarkupWriter page, GroupView view)
    {
        var rows = new List<string[]>();
        foreach (var (metric, name) in ((string, string)[])[(MetricNames.Cosine, "cosine"), (MetricNames.CentredCosine, "centred cosine")])
        {
            foreach (var pair in Names.Pairs) rows.Add(Row($"{name}, {Names.Of(pair)}", view.Headline(pair, metric)));
            foreach (var other in (ConditionPair[])[ConditionPair.AnchorIcl, ConditionPair.AnchorIt])
                rows.Add(Row($"{name}, ICL–IT less {Names.Of(other)}", view.Headline(Contrasts.Name(ConditionPair.IclIt.Name, other.Name), metric)));
        }
        rows.Add(Row("shift cosine, ICL–IT", view.Headline(ConditionPair.IclIt, MetricNames.ShiftCosine)));
        rows.Add(Row("shift length, ICL over IT", view.Headline(ConditionPair.IclIt, MetricNames.ShiftNormRatio)));
        foreach (var condition in Conditions.All) rows.Add(Row($"C1, different queries, {Names.Of(condition)}", view.Headline(condition.Name(), MetricNames.Anisotropy)));
        rows.Add(Row("cosine, ICL–IT less C1", view.Headline(Contrasts.Name(ConditionPair.IclIt.Name, MetricNames.Anisotropy), MetricNames.Cosine)));
        Table.Write(page, "Last token, last layer, after the final norm. SD is over the runs' means; the interval is a bootstrap clustered on runs.", Columns, rows,
            row => row[0] is "cosine, ICL–IT");
    }

    public static void WriteLayers(MarkupWriter page, GroupView view)
    {
        (string Head, string Pair, string Metric)[] columns =
        [
            .. Names.Pairs.Select(pair => ($"cosine {Names.Of(pair)}", pair.Name, MetricNames.Cosine)),
            ("C1 of ICL–IT", ConditionPair.IclIt.Name, MetricNames.Anisotropy),
            .. Names.Pairs.Select(pair => ($"centred {Names.Of(pair)}", pair.Name, MetricNames.CentredCosine)),
            ("shift ICL–IT", ConditionPair.IclIt.Name, MetricNames.ShiftCosine),
        ];
        string[] Line(string head, Func<string, string, SeriesSummary> at) => [head, .. columns.Select(column => NumberText.Of(at(column.Pair, column.Metric).Estimate))];
        List<string[]> rows = [.. Enumerable.Range(0, view.Group.Layers + 1).Select(layer =>
            Line(layer.ToString(CultureInfo.InvariantCulture), (pair, metric) => view.At(layer, pair, metric)))];
        rows.Add(Line("norm", view.Headline));
        Table.Write(page, "Mean with 95 % interval at every layer of the residual stream (0 is the embedding), and after the final norm.", ["layer", .. columns.Select(column => column.Head)], rows);
    }

    public static void WriteTuning(MarkupWriter page, GroupView view)
    {
        var runs = view.Group.Tuning.Where(run => run.Steps.Count > 0).ToList();
        if (runs.Count == 0) return;
        var mean = TrainingLoss.MeanBySteps(runs);
        double[] rates = [.. runs.SelectMany(run => run.Steps).Select(step => step.LearningRate).Distinct().Order()];
        Table.Write(page, "Tuning.", ["", "value"],
        [
            ["updates a run", Range(runs.Select(run => (double)run.Steps.Count))],
            ["learning rate", rates.Length == 1 ? NumberText.General(rates[0]) : $"{NumberText.General(rates[0])} to {NumberText.General(rates[^1])}"],
            ["mean loss before the first update", NumberText.General(mean.Count > 0 ? mean[0].Loss : null)],
            ["mean loss before the last update", NumberText.General(mean.Count > 0 ? mean[^1].Loss : null)],
            ["demonstrations a run", Range([view.Group.Demonstrations.Fewest, view.Group.Demonstrations.Most])],
        ]);
    }

    private static string Range(IEnumerable<double> values) =>
        (values.Min(), values.Max()) is var (low, high) && low == high ? NumberText.General(low) : $"{NumberText.General(values.Min())} to {NumberText.General(values.Max())}";

    /// <summary>The row of an estimate.</summary>
    public static string[] Row(string name, SeriesSummary series)
    {
        Estimate estimate = series.Estimate;
        var (mean, sd, interval) = NumberText.Parts(estimate, fromZero: Contrasts.IsName(series.Key.Pair) || series.Key.Metric is MetricNames.LogLikelihood or MetricNames.BitsPerByte);
        return [name, mean, sd, interval, NumberText.Count(estimate.Runs), NumberText.Count(estimate.Values), NumberText.Count(estimate.Missing)];
    }
}
