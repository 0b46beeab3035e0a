using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>The distribution over runs of the similarities at the headline tap, with the controls beside every one of them.</summary>
internal static class SimilarityDistribution
{
    private const int Width = 400, Left = 14, Right = 386, Top = 30;

    public static Figure Of(GroupView view, string name)
    {
        var drawn = new List<Drawn>();
        Panel[] panels =
        [
            PanelOf(view, "Cosine", MetricNames.Cosine, "cosine", Names.Pairs, drawn),
            PanelOf(view, "Centred cosine", MetricNames.CentredCosine, "cosine after each condition's mean is taken away", Names.Pairs, drawn),
            PanelOf(view, "Shift cosine", MetricNames.ShiftCosine, "cosine of the shifts away from the anchor", [ConditionPair.IclIt], drawn),
        ];
        return new Figure(name, "How alike the three conditions leave the last state", Standing.Known, Names.Of(view.Group.Group), Caption(view), panels, FigureCsv.Of(view.Study, drawn));
    }

    private static Panel PanelOf(GroupView view, string title, string metric, string axis, IReadOnlyList<ConditionPair> pairs, List<Drawn> drawn)
    {
        SeriesSummary[] rows = [.. pairs.Select(pair => view.Headline(pair, metric))];
        bool raw = metric == MetricNames.Cosine;
        // C1 belongs to each pair's own conditions; the other controls are values of ICL-IT alone.
        SeriesSummary?[] levels = [.. pairs.Select(pair => raw ? view.Headline(pair, MetricNames.Anisotropy) : null)];
        List<(Control Control, SeriesSummary Series)> controls = [.. Control.Drawn(view).Where(control => control.Id != "C1").Select(control => (control, Series: control.Headline(view, metric))).Where(one => one.Series?.Estimate.Mean is not null).Select(one => (one.control, one.Series!))];
        drawn.AddRange(pairs.Select((pair, i) => Drawn.Of(pair, rows[i])));
        drawn.AddRange(pairs.Zip(levels).Where(one => one.Second is not null).Select(one => new Drawn($"C1 of {Names.Of(one.First)}", Standing.Ours, one.Second!)));
        drawn.AddRange(controls.Select(one => Drawn.Of(one.Control, one.Series)));

        double[] extent = [.. rows.SelectMany(RunStrip.Extent), .. levels.Select(level => level?.Estimate.Mean).OfType<double>(), .. raw ? [] : (double[])[0], .. pairs.Count > 1 ? (double[])[1] : []];
        var scale = LinearScale.Holding([.. extent, .. LinearScale.Near(extent, controls.Select(one => one.Series.Estimate.Mean!.Value), 0.2)], Left, Right, span: 0.2, atLeast: -1, atMost: 1);
        int bottom = Top + RunStrip.Height * rows.Length;
        var canvas = new Canvas();
        canvas.Title(Left, 16, title, raw ? Standing.Known : Standing.Ours);
        HorizontalAxis.Draw(canvas, scale, Top, bottom, axis);
        if (!raw) canvas.Line(scale.At(0), Top, scale.At(0), bottom, "zero");
        for (int i = 0; i < rows.Length; i++)
        {
            int top = Top + RunStrip.Height * i;
            if (levels[i]?.Estimate.Mean is { } level) canvas.Line(scale.At(level), top + 24, scale.At(level), top + RunStrip.Height - 4, "level");
            if (pairs[i] == ConditionPair.IclIt)
                foreach (var (control, series) in controls.Where(one => scale.Holds(one.Series.Estimate.Mean!.Value))) canvas.Line(scale.At(series.Estimate.Mean!.Value), top + 24, scale.At(series.Estimate.Mean!.Value), top + RunStrip.Height - 4, FigureStyle.LineOf(control));
            RunStrip.Draw(canvas, rows[i], Names.Of(pairs[i]), pairs[i].Name, FigureStyle.MarkerOf(pairs[i]), scale, top, NumberText.Of);
        }
        int foot = bottom + 52;
        foreach (var (line, text) in Key(raw && levels.Any(level => level?.Estimate.Mean is not null), controls, scale))
        {
            canvas.Line(Left, foot, Left + 22, foot, line);
            canvas.Text(Left + 28, foot + 4, text, "muted");
            foot += 17;
        }
        return new Panel(title, Describe(pairs, rows, levels, controls), Width, foot, canvas.ToString());
    }

    private static IEnumerable<(string Line, string Text)> Key(bool level, List<(Control Control, SeriesSummary Series)> controls, LinearScale scale) =>
    [
        .. level ? [("level", "C1: different queries, same condition")] : Array.Empty<(string, string)>(),
        .. controls.Select(one => (FigureStyle.LineOf(one.Control), $"{one.Control.Id}: {one.Control.Words}, {NumberText.Of(one.Series.Estimate.Mean)}{(scale.Holds(one.Series.Estimate.Mean!.Value) ? "" : " (off the scale)")}")),
    ];

    private static string Describe(IReadOnlyList<ConditionPair> pairs, SeriesSummary[] rows, SeriesSummary?[] levels, List<(Control Control, SeriesSummary Series)> controls) =>
        string.Join(" ", pairs.Select((pair, i) =>
        {
            double[] means = RunStrip.MeansOf(rows[i]);
            if (means.Length == 0) return $"{Names.Of(pair)}: undefined everywhere.";
            var level = levels[i]?.Estimate.Mean is { } value ? $", where different queries under one condition have {NumberText.Of(value)}" : "";
            return $"{Names.Of(pair)}: mean {NumberText.Of(rows[i].Estimate)}; {means.Length} runs from {NumberText.Of(means.Min())} to {NumberText.Of(means.Max())}{level}.";
        }).Concat(controls.Select(one => $"{one.Control.Id}, {one.Control.Words}: {NumberText.Of(one.Series.Estimate)}.")));

    private static string Caption(GroupView view)
    {
        bool interval = view.Headline(ConditionPair.IclIt, MetricNames.Cosine).Estimate.Interval is not null;
        return "Last token, last layer, after the final norm. A small mark is one run (the mean over its queries); the shaded box runs from the first to the third quartile, "
            + "with the median in it; the large mark below is the mean" + (interval ? " on its 95 % interval, clustered on runs. " : "; there are too few runs for an interval. ")
            + "Grey lines are controls. C1, the level that a cosine must exceed to mean anything, is the cosine between different queries under the same condition, for the condition of "
            + "the pair where it is higher. The scale of the cosine need not start at zero.";
    }
}
