using Converge.Report.Markup;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>The three similarities at every level of a factor, with the level of different queries beside them, and what becomes of the answers.</summary>
internal static class FactorLevels
{
    private const int Left = 52, Top = 54, Bottom = 284, LongestName = 14;

    public static Figure Of(FactorSpec factor, IReadOnlyList<FactorLevel> levels, string name)
    {
        var series = new List<SeriesSummary>();
        Panel[] panels = [Similarities(levels, MetricNames.Cosine, "Cosine", withLevel: true, series), Similarities(levels, MetricNames.CentredCosine, "Centred cosine", withLevel: false, series), Answers(levels, series)];
        return new Figure(name, factor.Title, Caption(factor, levels), panels, FigureCsv.Of(levels[0].View, series));
    }

    private static Panel Similarities(IReadOnlyList<FactorLevel> levels, string metric, string title, bool withLevel, List<SeriesSummary> series)
    {
        List<List<SeriesSummary>> rows = [.. Names.Pairs.Select(pair => levels.Select(level => level.View.Headline(pair, metric)).ToList())];
        var c1 = withLevel ? levels.Select(level => level.View.Headline(ConditionPair.IclIt, MetricNames.Anisotropy)).ToList() : [];
        series.AddRange(rows.SelectMany(row => row).Concat(c1));
        var y = LinearScale.Holding(rows.SelectMany(row => row).Concat(c1).SelectMany(Ends).Append(1), Bottom, Top, span: 0.2, atLeast: -1, atMost: 1);
        var canvas = Begin(levels, y, title, "cosine", out var x, out int width);
        for (int i = 0; i < c1.Count; i++)
            if (c1[i].Estimate.Mean is { } level) canvas.Line(x(i) - 17, y.At(level), x(i) + 17, y.At(level), "level");
        for (int p = rows.Count - 1; p >= 0; p--) Row(canvas, rows[p], levels, Names.Pairs[p].Name, FigureStyle.MarkerOf(Names.Pairs[p]), i => x(i) + 8 * (p - 1), y);
        Legend(canvas, [.. Names.Pairs.Select(pair => (Names.Of(pair), pair.Name, FigureStyle.MarkerOf(pair)))], withLevel);
        return new Panel(title, Describe(levels, rows, [.. Names.Pairs.Select(Names.Of)]), width, Bottom + 54, canvas.ToString());
    }

    private static Panel Answers(IReadOnlyList<FactorLevel> levels, List<SeriesSummary> series)
    {
        bool labelled = levels[0].View.Group.Labels is not null;
        var (metric, title, axis) = labelled ? (MetricNames.Accuracy, "Accuracy", "share of queries") : (MetricNames.LogLikelihood, "Log-likelihood", "nats a token");
        List<List<SeriesSummary>> rows = [.. Conditions.All.Select(condition => levels.Select(level => level.View.Answers(condition.Name(), metric)).ToList())];
        series.AddRange(rows.SelectMany(row => row));
        var extent = rows.SelectMany(row => row).SelectMany(Ends);
        var y = labelled ? LinearScale.Holding(extent.Append(0.5).Append(1), Bottom, Top, span: 0.2, atLeast: 0, atMost: 1) : LinearScale.Holding(extent, Bottom, Top, span: 0.2, atMost: 0);
        var canvas = Begin(levels, y, title, axis, out var x, out int width);
        (string, string, Marker)[] looks = [("anchor", "plain", Marker.Diamond), ("ICL", "anchor-icl", Marker.Square), ("IT", "anchor-it", Marker.Triangle)];
        for (int c = rows.Count - 1; c >= 0; c--) Row(canvas, rows[c], levels, looks[c].Item2, looks[c].Item3, i => x(i) + 8 * (c - 1), y);
        Legend(canvas, looks, withLevel: false);
        return new Panel(title, Describe(levels, rows, ["anchor", "ICL", "IT"]), width, Bottom + 54, canvas.ToString());
    }

    private static Canvas Begin(IReadOnlyList<FactorLevel> levels, LinearScale y, string title, string axis, out Func<int, double> x, out int width)
    {
        int right = Math.Max(388, Left + 62 * levels.Count);
        double step = (right - Left) / (double)levels.Count;
        double At(int i) => Left + step * (i + 0.5);
        (x, width) = (At, right + 12);
        var canvas = new Canvas();
        canvas.Text(Left - 38, 16, title, "title");
        VerticalAxis.Draw(canvas, y, Left, right, axis);
        canvas.Line(Left, Bottom, right, Bottom, "axis");
        // Long names would run into each other: every second one stands lower.
        bool crowded = levels.Max(level => level.Id.Length) * 6.3 > step;
        for (int i = 0; i < levels.Count; i++) canvas.Text(At(i), Bottom + 15 + (crowded && i % 2 == 1 ? 14 : 0), Short(levels[i].Id), levels[i].View.Group.Group.Factor == levels[i].View.Group.Group.Level ? "tick strong" : "tick", "middle");
        return canvas;
    }

    // Levels on a scale are joined; others have no between.
    private static void Row(Canvas canvas, List<SeriesSummary> row, IReadOnlyList<FactorLevel> levels, string style, Marker marker, Func<int, double> x, LinearScale y)
    {
        if (levels.All(level => level.Value is not null))
            canvas.Polyline(Enumerable.Range(0, row.Count).Where(i => row[i].Estimate.Mean is not null).Select(i => (x(i), y.At(row[i].Estimate.Mean!.Value))), $"{style} s line faint");
        for (int i = 0; i < row.Count; i++)
        {
            if (row[i].Estimate.Interval is { } interval) canvas.Line(x(i), y.At(interval.Low), x(i), y.At(interval.High), $"{style} s ci");
            if (row[i].Estimate.Mean is { } mean) canvas.Mark(marker, x(i), y.At(mean), 4.5, $"{style} f mean");
        }
    }

    private static void Legend(Canvas canvas, IReadOnlyList<(string Name, string Style, Marker Marker)> entries, bool withLevel)
    {
        double at = Left - 34;
        foreach (var (name, style, marker) in entries)
        {
            canvas.Mark(marker, at, 34, 4.2, $"{style} f");
            canvas.Text(at + 9, 38, name, "muted");
            at += 26 + 6.6 * name.Length;
        }
        if (!withLevel) return;
        canvas.Line(at, 34, at + 20, 34, "level");
        canvas.Text(at + 25, 38, "C1", "muted");
    }

    private static IEnumerable<double> Ends(SeriesSummary series)
    {
        Estimate estimate = series.Estimate;
        return estimate.Mean is not { } mean ? [] : estimate.Interval is { } interval ? [mean, interval.Low, interval.High] : [mean];
    }

    private static string Short(string id) => id.Length <= LongestName ? id : id[..(LongestName - 1)] + "…";

    private static string Describe(IReadOnlyList<FactorLevel> levels, List<List<SeriesSummary>> rows, string[] names) =>
        string.Join(" ", levels.Select((level, i) => $"{level.Id}: {string.Join(", ", names.Select((name, row) => $"{name} {NumberText.Of(rows[row][i].Estimate)}"))}."));

    private static string Caption(FactorSpec factor, IReadOnlyList<FactorLevel> levels)
    {
        int runs = levels.Min(level => level.View.Group.Runs);
        return (factor.Note.Length > 0 ? factor.Note.TrimEnd('.') + ". " : "")
            + $"Last token, last layer, after the final norm: mean over {NumberText.Count(runs)} runs" + (runs < ClusterBootstrap.FewestRuns ? ", too few for intervals" : " with 95 % intervals")
            + $"; '{factor.Base.Id}' is the study's own setting. Runs have the same queries and instruction at every level. The dotted mark is C1, the cosine of different queries under one condition.";
    }
}
