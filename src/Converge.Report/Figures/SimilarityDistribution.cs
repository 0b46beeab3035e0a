using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>The distribution over runs of the similarities at the headline tap, with the anisotropy level beside every cosine.</summary>
internal static class SimilarityDistribution
{
    private const int Width = 400, Left = 14, Right = 386, Top = 30, Foot = 62;

    public static Figure Of(GroupView view, string name)
    {
        var panels = new List<Panel>
        {
            PanelOf(view, "Cosine", MetricNames.Cosine, "cosine", Names.Pairs, withLevel: true),
            PanelOf(view, "Centred cosine", MetricNames.CentredCosine, "cosine after each condition's mean is taken away", Names.Pairs, withLevel: false),
            PanelOf(view, "Shift cosine", MetricNames.ShiftCosine, "cosine of the shifts away from the anchor", [ConditionPair.IclIt], withLevel: false),
        };
        return new Figure(name, "How alike the three conditions leave the last state", Caption(view), panels, FigureCsv.Of(view,
            [.. Names.Pairs.Select(pair => view.Headline(pair, MetricNames.Cosine)), .. Names.Pairs.Select(pair => view.Headline(pair, MetricNames.CentredCosine)),
                view.Headline(ConditionPair.IclIt, MetricNames.ShiftCosine), .. Names.Pairs.Select(pair => view.Headline(pair, MetricNames.Anisotropy))]));
    }

    private static Panel PanelOf(GroupView view, string title, string metric, string axis, IReadOnlyList<ConditionPair> pairs, bool withLevel)
    {
        var canvas = new Canvas();
        SeriesSummary[] rows = [.. pairs.Select(pair => view.Headline(pair, metric))];
        double?[] levels = [.. pairs.Select(pair => withLevel ? view.Headline(pair, MetricNames.Anisotropy).Estimate.Mean : null)];
        IEnumerable<double> extent = [.. rows.SelectMany(RunStrip.Extent), .. levels.OfType<double>(), .. withLevel ? [] : (double[])[0], .. pairs.Count > 1 ? (double[])[1] : []];
        var scale = LinearScale.Holding(extent, Left, Right, span: 0.2, atLeast: -1, atMost: 1);
        int bottom = Top + RunStrip.Height * rows.Length;

        canvas.Text(Left, 16, title, "title");
        HorizontalAxis.Draw(canvas, scale, Top, bottom, axis);
        if (!withLevel) canvas.Line(scale.At(0), Top, scale.At(0), bottom, "zero");
        for (int i = 0; i < rows.Length; i++)
        {
            int top = Top + RunStrip.Height * i;
            if (levels[i] is { } level) canvas.Line(scale.At(level), top + 24, scale.At(level), top + RunStrip.Height - 4, "level");
            RunStrip.Draw(canvas, rows[i], Names.Of(pairs[i]), pairs[i].Name, FigureStyle.MarkerOf(pairs[i]), scale, top, NumberText.Of);
        }
        if (withLevel)
        {
            canvas.Line(Left, bottom + 52, Left + 22, bottom + 52, "level");
            canvas.Text(Left + 28, bottom + 56, "different queries, same condition (C1)", "muted");
        }
        return new Panel(title, Describe(pairs, rows, levels), Width, bottom + Foot, canvas.ToString());
    }

    private static string Describe(IReadOnlyList<ConditionPair> pairs, SeriesSummary[] rows, double?[] levels) =>
        string.Join(" ", pairs.Select((pair, i) =>
        {
            double[] means = RunStrip.MeansOf(rows[i]);
            if (means.Length == 0) return $"{Names.Of(pair)}: undefined everywhere.";
            var level = levels[i] is { } value ? $", where different queries under one condition have {NumberText.Of(value)}" : "";
            return $"{Names.Of(pair)}: mean {NumberText.Of(rows[i].Estimate)}; {means.Length} runs from {NumberText.Of(means.Min())} to {NumberText.Of(means.Max())}{level}.";
        }));

    private static string Caption(GroupView view)
    {
        bool interval = view.Headline(ConditionPair.IclIt, MetricNames.Cosine).Estimate.Interval is not null;
        return "Last token, last layer, after the final norm. A small mark is one run (the mean over its queries); the shaded box runs from the first to the third quartile, "
            + "with the median in it; the large mark below is the mean" + (interval ? " on its 95 % interval, clustered on runs. " : "; there are too few runs for an interval. ")
            + "The dotted line is the level that a cosine must exceed to mean anything: the cosine between different queries under the same condition, for the condition of "
            + "the pair where it is higher. The scale of the cosine need not start at zero.";
    }
}
