using Converge.Report.Markup;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;

namespace Converge.Report.Figures;

/// <summary>The three similarities at every level of a factor with the controls beside them, and what becomes of the answers.</summary>
internal static class FactorLevels
{
    private const int Left = 58, AxisHeight = 230, Foot = 44, LowerName = 25;

    public static Figure Of(FactorSpec factor, GroupView own, IReadOnlyList<FactorLevel> levels, string name) =>
        Of(name, $"{factor.Id}: {factor.Title}", factor.Tag, Names.Of(own.Group.Group), Caption(factor, levels), own, levels, factor.Id);

    /// <summary>The same for checkpoints in place of levels: all controls are each checkpoint's own.</summary>
    public static Figure OfCheckpoints(string name, string title, Standing tag, string subject, string caption, IReadOnlyList<FactorLevel> models) =>
        Of(name, title, tag, subject, caption, models[0].View, models, null);

    private static Figure Of(string name, string title, Standing tag, string subject, string caption, GroupView own, IReadOnlyList<FactorLevel> levels, string? factor)
    {
        var drawn = new List<Drawn>();
        Panel[] panels =
        [
            Similarities(own, levels, factor, MetricNames.Cosine, "Cosine", drawn), Similarities(own, levels, factor, MetricNames.CentredCosine, "Centred cosine", drawn),
            Answers(levels, drawn),
        ];
        return new Figure(name, title, tag, subject, caption, panels, FigureCsv.Of(own.Study, drawn));
    }

    // A control of the runs themselves (C1, C3) is measured at every level; the others are runs of their own at the study's own settings, a line across. A
    // checkpoint has all of its controls to itself.
    private static Panel Similarities(GroupView own, IReadOnlyList<FactorLevel> levels, string? factor, string metric, string title, List<Drawn> drawn)
    {
        List<List<Drawn>> rows = [.. Names.Pairs.Select(pair => levels.Select(level => Drawn.Of(pair, level.View.Headline(pair, metric))).ToList())];
        IEnumerable<Control> measured = factor is null ? levels.SelectMany(level => Control.Drawn(level.View)).DistinctBy(control => (control.Id, control.Name)) : Control.Drawn(own).Where(control => control.Group is null);
        var within = measured.Select(control => (Control: control, Row: levels.Select(level => (factor is null ? control.Of(level.View) : control)?.Headline(level.View, metric) is { } series ? Drawn.Of(control, series) : null).ToList()))
            .Where(one => one.Row.Any(value => value is not null)).ToList();
        List<Drawn> across = [.. Control.Drawn(own).Where(control => factor is not null && control.Group is { } group && group.Factor != factor)
            .Select(control => control.Headline(own, metric) is { Estimate.Mean: not null } series ? Drawn.Of(control, series) : null).OfType<Drawn>()];
        List<Drawn> atLevels = [.. rows.SelectMany(row => row), .. within.SelectMany(one => one.Row).OfType<Drawn>()];
        drawn.AddRange([.. atLevels, .. across]);

        LegendEntry[] legend = [.. Names.Pairs.Select(pair => new LegendEntry(Names.Of(pair), pair.Name, FigureStyle.MarkerOf(pair), false)), .. within.Select(one => new LegendEntry($"{one.Control.Id} {one.Control.Name}", FigureStyle.LineOf(one.Control), null, true))];
        double[] ends = [.. atLevels.SelectMany(Ends), 1];
        var axes = new Axes(levels, title, metric == MetricNames.Cosine ? Standing.Known : Standing.Ours, "cosine", legend, [.. across.Select(line => line.Role + " ↓")],
            (bottom, top) => LinearScale.Holding([.. ends, .. LinearScale.Near(ends, across.Select(line => line.Series.Estimate.Mean!.Value), 0.2)], bottom, top, span: 0.2, atLeast: -1, atMost: 1));
        var (canvas, y) = (axes.Canvas, axes.Y);
        // A control far below would press the rest together: its name alone stands at the edge.
        double Height(Drawn line) => y.At(Math.Max(line.Series.Estimate.Mean!.Value, y.Low));
        bool IsBelow(Drawn line) => !y.Holds(line.Series.Estimate.Mean!.Value);
        foreach (var line in across.Where(line => !IsBelow(line))) canvas.Line(Left, Height(line), axes.Right, Height(line), FigureStyle.LineOf(line.Role));
        LineLabels.Draw(canvas, across.Select(line => (IsBelow(line) ? line.Role + " ↓" : line.Role, Height(line))), axes.Right, axes.Top, axes.Bottom);
        foreach (var (control, row) in within)
            for (int i = 0; i < row.Count; i++)
                if (row[i]?.Series.Estimate.Mean is { } level) canvas.Line(axes.At(i) - 19, y.At(level), axes.At(i) + 19, y.At(level), FigureStyle.LineOf(control));
        for (int p = rows.Count - 1; p >= 0; p--) Row(axes, rows[p], levels, Names.Pairs[p].Name, FigureStyle.MarkerOf(Names.Pairs[p]), 8 * (p - 1));
        return axes.Panel(Describe(levels, rows, [.. within.Select(one => one.Row)], across, NumberText.Of));
    }

    private static Panel Answers(IReadOnlyList<FactorLevel> levels, List<Drawn> drawn)
    {
        bool labelled = levels[0].View.Group.Labels is not null;
        var (metric, title, axis) = labelled ? (MetricNames.Accuracy, "Accuracy", "share of queries") : (MetricNames.LogLikelihood, "Log-likelihood", "nats a token");
        List<List<Drawn>> rows = [.. Conditions.All.Select(condition => levels.Select(level => Drawn.Of(condition, level.View.Answers(condition.Name(), metric))).ToList())];
        drawn.AddRange(rows.SelectMany(row => row));
        var extent = rows.SelectMany(row => row).SelectMany(Ends);
        var chance = levels[0].View.Group.Labels?.Chance;
        LegendEntry[] legend = [.. Conditions.All.Select(condition => new LegendEntry(Names.Of(condition), FigureStyle.ClassOf(condition), FigureStyle.MarkerOf(condition), false)), .. chance is null ? [] : (LegendEntry[])[new LegendEntry("guessing", "level", null, true)]];
        var axes = new Axes(levels, title, Standing.Ours, axis, legend, [], (bottom, top) => chance is { } guess
            ? LinearScale.Holding(extent.Append(guess).Append(1), bottom, top, span: 0.2, atLeast: 0, atMost: 1) : LinearScale.Holding(extent, bottom, top, span: 0.2, atMost: 0));
        if (chance is { } even) axes.Canvas.Line(Left, axes.Y.At(even), axes.Right, axes.Y.At(even), "level");
        for (int c = rows.Count - 1; c >= 0; c--) Row(axes, rows[c], levels, FigureStyle.ClassOf(Conditions.All[c]), FigureStyle.MarkerOf(Conditions.All[c]), 8 * (c - 1));
        return axes.Panel(Describe(levels, rows, [], [], labelled ? NumberText.Of : NumberText.BelowZero));
    }

    // Levels on a scale are joined; others have no between.
    private static void Row(Axes axes, List<Drawn> row, IReadOnlyList<FactorLevel> levels, string style, Marker marker, double aside)
    {
        double X(int i) => axes.At(i) + aside;
        if (levels.All(level => level.Value is not null))
            axes.Canvas.Polyline(Enumerable.Range(0, row.Count).Where(i => row[i].Series.Estimate.Mean is not null && !levels[i].Aside).Select(i => (X(i), axes.Y.At(row[i].Series.Estimate.Mean!.Value))), $"{style} s line faint");
        for (int i = 0; i < row.Count; i++)
        {
            if (row[i].Series.Estimate.Interval is { } interval) axes.Canvas.Line(X(i), axes.Y.At(interval.Low), X(i), axes.Y.At(interval.High), $"{style} s ci");
            if (row[i].Series.Estimate.Mean is { } mean) axes.Canvas.Mark(marker, X(i), axes.Y.At(mean), 4.5, levels[i].Aside ? $"{style} s hollow" : $"{style} f mean");
        }
    }

    private static IEnumerable<double> Ends(Drawn drawn)
    {
        Estimate estimate = drawn.Series.Estimate;
        return estimate.Mean is not { } mean ? [] : estimate.Interval is { } interval ? [mean, interval.Low, interval.High] : [mean];
    }

    private static string Describe(IReadOnlyList<FactorLevel> levels, List<List<Drawn>> rows, List<List<Drawn?>> within, List<Drawn> across, Func<Estimate, string> text) =>
        string.Join(" ", levels.Select((level, i) => $"{level.Id}: {string.Join(", ", rows.Select(row => row[i]).Concat(within.Select(row => row[i]).OfType<Drawn>()).Select(one => $"{one.Role} {text(one.Series.Estimate)}"))}."))
        + (across.Count == 0 ? "" : $" Across: {string.Join(", ", across.Select(line => $"{line.Role} {text(line.Series.Estimate)}"))}.");

    private static string Caption(FactorSpec factor, IReadOnlyList<FactorLevel> levels)
    {
        int runs = levels.Min(level => level.View.Group.Runs);
        return (factor.Note.Length > 0 ? factor.Note.TrimEnd('.') + ". " : "")
            + $"Last token, last layer, after the final norm: mean over {NumberText.Count(runs)} runs" + (runs < ClusterBootstrap.FewestRuns ? ", too few for intervals" : " with 95 % intervals")
            + $"; '{factor.Base.Id}' is the study's own setting. Runs have the same queries and instruction at every level.";
    }

    /// <summary>The axes of a panel: levels from left to right, with their standing below their names.</summary>
    private sealed class Axes
    {
        private readonly double _step;
        private readonly int _width, _foot;
        private readonly string _title;

        public Axes(IReadOnlyList<FactorLevel> levels, string title, Standing tag, string axis, IReadOnlyList<LegendEntry> entries, IReadOnlyList<string> lines, Func<double, double, LinearScale> scale)
        {
            int room = LineLabels.Room(lines);
            Right = Math.Max(428 - room, Left + 62 * levels.Count);
            (_width, _title, _step) = (Right + Math.Max(room, 12), title, (Right - Left) / (double)levels.Count);
            var legend = new Legend(entries, Left - 44, _width - 4);
            Top = legend.Below;
            Y = scale(Bottom, Top);
            Canvas.Title(Left - 44, 16, title, tag);
            legend.Draw(Canvas);
            VerticalAxis.Draw(Canvas, Y, Left, Right, axis);
            Canvas.Line(Left, Bottom, Right, Bottom, "axis");
            // Long names would run into each other: every second one stands lower.
            bool crowded = levels.Max(level => level.Id.Length) * 6.3 > _step;
            _foot = Foot + (crowded ? LowerName : 0);
            int longest = (int)(_step * (crowded ? 2 : 1) / 6.3);
            for (int i = 0; i < levels.Count; i++)
            {
                double lower = Bottom + 15 + (crowded && i % 2 == 1 ? LowerName : 0);
                Canvas.Text(At(i), lower, levels[i].Id.Length <= longest ? levels[i].Id : levels[i].Id[..(longest - 1)] + "…", levels[i].IsBase ? "tick strong" : "tick", "middle");
                if (levels[i].Below.Length > 0) Canvas.Text(At(i), lower + 12, levels[i].Below, "tick tag", "middle");
            }
        }

        public Canvas Canvas { get; } = new();

        public LinearScale Y { get; }

        public int Top { get; }

        public int Bottom => Top + AxisHeight;

        public int Right { get; }

        public double At(int level) => Left + _step * (level + 0.5);

        public Panel Panel(string description) => new(_title, description, _width, Bottom + _foot, Canvas.ToString());
    }
}
