using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>The similarity of ICL and IT above everything that it is held against, on one scale.</summary>
internal static class ComparisonLadder
{
    private const int Width = 400, Left = 10, Right = 214, Numbers = 394, Top = 8, Row = 35, MostDecimals = 4;

    public static Figure Of(GroupView view, IReadOnlyList<Comparison> comparisons, string name)
    {
        List<(string Label, string Role, Standing Tag, string Style, Marker Marker, SeriesSummary Series)> rows = [(Names.Of(ConditionPair.IclIt), Names.Of(ConditionPair.IclIt), Standing.Known, ConditionPair.IclIt.Name, Marker.Circle, view.Headline(ConditionPair.IclIt, MetricNames.Cosine))];
        foreach (var one in comparisons)
        {
            rows.Add(one.Id.Length > 0 ? ($"{one.Id}: {one.Name}", one.Short, Standing.Ours, "control", Marker.Diamond, one.Series)
                : (one.Name, one.Short, Standing.Known, one.Series.Key.Pair, FigureStyle.MarkerOf(Names.Pairs.First(pair => pair.Name == one.Series.Key.Pair)), one.Series));
        }
        var scale = LinearScale.Holding(rows.SelectMany(row => Ends(row.Series)).Append(1), Left, Right, span: 0.2, atLeast: -1, atMost: 1);
        int bottom = Top + Row * rows.Count;
        var canvas = new Canvas();
        HorizontalAxis.Draw(canvas, scale, Top, bottom, "cosine");
        if (rows[0].Series.Estimate.Mean is { } own) canvas.Line(scale.At(own), Top, scale.At(own), bottom, "icl-it s thin");
        for (int i = 0; i < rows.Count; i++)
        {
            var (label, _, tag, style, marker, series) = rows[i];
            int top = Top + Row * i;
            canvas.Label(Left, top + 14, label, tag, i == 0 ? "strong halo" : "halo");
            canvas.Text(Numbers, top + 29, NumberText.Of(series.Estimate, MostDecimals), i == 0 ? "strong" : "muted", "end");
            if (series.Estimate.Interval is { } interval) canvas.Line(scale.At(interval.Low), top + 25, scale.At(interval.High), top + 25, $"{style} s ci");
            if (series.Estimate.Mean is { } mean) canvas.Mark(marker, scale.At(mean), top + 25, 4.8, $"{style} f mean");
        }
        var description = string.Join(" ", rows.Select(row => $"{row.Label}: {NumberText.Of(row.Series.Estimate)}."));
        return new Figure(name, "Compared with what", null, Names.Of(view.Group.Group), "Cosine of the last token's last state after the final norm: mean over runs on its 95 % interval; the line goes through ICL–IT.",
            [new Panel("Cosine", description, Width, bottom + 42, canvas.ToString())], FigureCsv.Of(view.Study, rows.Select(row => new Drawn(row.Role, row.Tag, row.Series))));
    }

    private static IEnumerable<double> Ends(SeriesSummary series) =>
        series.Estimate is not { Mean: { } mean } ? [] : series.Estimate.Interval is { } interval ? [mean, interval.Low, interval.High] : [mean];
}
