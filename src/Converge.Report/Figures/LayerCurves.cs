using System.Globalization;
using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>The similarities at every layer, with their intervals as bands and the controls beside them; the state after the final norm stands apart at the right.</summary>
internal static class LayerCurves
{
    private const int Width = 440, Height = 230, Left = 52;

    public static Figure Of(GroupView view, string name)
    {
        var drawn = new List<Drawn>();
        Panel[] panels =
        [
            PanelOf(view, "Cosine", MetricNames.Cosine, Names.Pairs, drawn),
            PanelOf(view, "Centred cosine", MetricNames.CentredCosine, Names.Pairs, drawn),
            PanelOf(view, "Shift cosine", MetricNames.ShiftCosine, [ConditionPair.IclIt], drawn),
        ];
        return new Figure(name, "F5: from the embedding to the last layer", Standing.Known, Names.Of(view.Group.Group), Caption(view), panels, FigureCsv.Of(view.Study, drawn));
    }

    private static Panel PanelOf(GroupView view, string title, string metric, IReadOnlyList<ConditionPair> pairs, List<Drawn> drawn)
    {
        int layers = view.Group.Layers;
        var controls = Control.Drawn(view).Select(control => (Control: control, Curve: CurveOf(view, control, metric))).Where(one => one.Curve.Count > 0).ToList();
        foreach (var pair in pairs) drawn.AddRange(SeriesOf(view, pair, metric).Select(series => Drawn.Of(pair, series)));
        foreach (var (control, curve) in controls) drawn.AddRange(curve.Select(series => Drawn.Of(control, series)));
        var curves = pairs.Select(pair => SeriesOf(view, pair, metric).Select(series => series.Estimate).ToList()).ToList();
        var levels = controls.Select(one => one.Curve.ConvertAll(series => series.Estimate)).ToList();
        string[] names = [.. controls.Select(one => $"{one.Control.Id} {one.Control.Name}")];

        var extent = curves.SelectMany(curve => curve).SelectMany(Ends).Concat(levels.SelectMany(level => level).Select(one => one.Mean).OfType<double>());
        if (metric != MetricNames.Cosine) extent = extent.Append(0);
        if (pairs.Count > 1) extent = extent.Append(1);
        var legend = new Legend([.. pairs.Select(pair => new LegendEntry(Names.Of(pair), pair.Name, FigureStyle.MarkerOf(pair), true))], Left - 38, Width);
        int top = legend.Below, bottom = top + Height, room = LineLabels.Room(names), right = Width - 12 - room;
        var y = LinearScale.Holding(extent, bottom, top, span: 0.2, atLeast: -1, atMost: 1);
        double gap = Math.Max(30, (right - Left - 14) / (layers + 2.0));
        double X(int i) => i > layers ? right - 12 : Left + 8 + i * (right - 20 - gap - Left) / layers;

        var canvas = new Canvas();
        canvas.Title(Left - 38, 16, title, metric == MetricNames.Cosine ? Standing.Known : Standing.Ours);
        VerticalAxis.Draw(canvas, y, Left, right, metric == MetricNames.ShiftCosine ? "cosine of the two shifts" : "cosine");
        if (metric != MetricNames.Cosine) canvas.Line(Left, y.At(0), right, y.At(0), "zero");
        canvas.Line(Left, bottom, right, bottom, "axis");
        int every = Math.Max(1, (int)Math.Ceiling(layers / 8.0));
        for (int layer = 0; layer <= layers; layer++)
            if (layer % every == 0 && (layers - layer >= every || layer == layers) || layer == layers)
                canvas.Text(X(layer), bottom + 15, layer.ToString(CultureInfo.InvariantCulture), "tick", "middle");
        canvas.Text(X(layers + 1), bottom + 15, "norm", "tick", "middle");
        canvas.Text((X(0) + X(layers)) / 2, bottom + 33, "layer (0 is the embedding)", "muted", "middle");

        for (int i = 0; i < levels.Count; i++) DrawLevel(canvas, levels[i], FigureStyle.LineOf(controls[i].Control), X, y, layers);
        LineLabels.Draw(canvas, names.Zip(levels).Where(one => one.Second[^1].Mean is not null).Select(one => (one.First, y.At(one.Second[^1].Mean!.Value))), right, top, bottom);
        for (int i = curves.Count - 1; i >= 0; i--) DrawBands(canvas, curves[i], pairs[i].Name, X, y, layers);
        for (int i = 0; i < curves.Count; i++) DrawCurve(canvas, curves[i], pairs[i], X, y, layers);
        legend.Draw(canvas);
        return new Panel(title, Describe([.. pairs.Select(Names.Of), .. names], [.. curves, .. levels], layers), Width, bottom + 46, canvas.ToString());
    }

    /// <summary>The series of layers 0..L and, last, of the final norm.</summary>
    private static IEnumerable<SeriesSummary> SeriesOf(GroupView view, ConditionPair pair, string metric) =>
        Enumerable.Range(0, view.Group.Layers + 1).Select(layer => view.At(layer, pair.Name, metric)).Append(view.Headline(pair, metric));

    // Of a control the same, or none where it has no such metric.
    private static List<SeriesSummary> CurveOf(GroupView view, Control control, string metric)
    {
        List<SeriesSummary?> curve = [.. Enumerable.Range(0, view.Group.Layers + 1).Select(layer => control.At(view, Taps.ResidPost, layer, metric)), control.Headline(view, metric)];
        return curve.All(one => one is not null) ? [.. curve.OfType<SeriesSummary>()] : [];
    }

    private static IEnumerable<double> Ends(Estimate estimate) =>
        estimate.Mean is not { } mean ? [] : estimate.Interval is { } interval ? [mean, interval.Low, interval.High] : [mean];

    private static void DrawBands(Canvas canvas, List<Estimate> curve, string style, Func<int, double> x, LinearScale y, int layers)
    {
        foreach (var stretch in Stretches(curve, layers, estimate => estimate.Interval is not null))
            if (stretch.Count > 1)
                canvas.Polygon([.. stretch.Select(i => (x(i), y.At(curve[i].Interval!.Value.High))), .. stretch.AsEnumerable().Reverse().Select(i => (x(i), y.At(curve[i].Interval!.Value.Low)))], $"{style} f band");
        if (curve[^1].Interval is { } last) canvas.Line(x(layers + 1), y.At(last.Low), x(layers + 1), y.At(last.High), $"{style} s faint ci");
    }

    private static void DrawCurve(Canvas canvas, List<Estimate> curve, ConditionPair pair, Func<int, double> x, LinearScale y, int layers)
    {
        foreach (var stretch in Stretches(curve, layers, estimate => estimate.Mean is not null))
            canvas.Polyline(stretch.Select(i => (x(i), y.At(curve[i].Mean!.Value))), $"{pair.Name} s line");
        for (int i = 0; i < curve.Count; i++)
            if (curve[i].Mean is { } mean && (layers <= 40 || i % 2 == 0 || i > layers))
                canvas.Mark(FigureStyle.MarkerOf(pair), x(i), y.At(mean), i > layers ? 4.5 : layers > 16 ? 2.4 : 3.2, $"{pair.Name} f");
    }

    private static void DrawLevel(Canvas canvas, List<Estimate> level, string style, Func<int, double> x, LinearScale y, int layers)
    {
        foreach (var stretch in Stretches(level, layers, estimate => estimate.Mean is not null))
            canvas.Polyline(stretch.Select(i => (x(i), y.At(level[i].Mean!.Value))), style);
        if (level[^1].Mean is { } last) canvas.Line(x(layers + 1) - 9, y.At(last), x(layers + 1) + 12, y.At(last), style);
    }

    // Runs of neighbouring layers for which something is defined; a layer where it is not breaks the line.
    private static List<List<int>> Stretches(List<Estimate> curve, int layers, Func<Estimate, bool> defined)
    {
        var stretches = new List<List<int>>();
        bool open = false;
        for (int layer = 0; layer <= layers; layer++)
        {
            bool here = defined(curve[layer]);
            if (here && !open) stretches.Add([]);
            if (here) stretches[^1].Add(layer);
            open = here;
        }
        return stretches;
    }

    private static string Describe(string[] names, List<List<Estimate>> curves, int layers) =>
        string.Join(" ", names.Select((name, i) =>
            $"{name}: {NumberText.Of(curves[i][0].Mean)} at the embedding, {NumberText.Of(curves[i][layers / 2].Mean)} at layer {layers / 2}, "
            + $"{NumberText.Of(curves[i][layers].Mean)} at layer {layers}, {NumberText.Of(curves[i][^1].Mean)} after the final norm."));

    private static string Caption(GroupView view) =>
        $"Mean over {view.Group.Runs} runs at the last token" + (view.Group.Runs < ClusterBootstrap.FewestRuns ? ", too few for intervals. " : ", with pointwise 95 % intervals. ")
        + LayerFinding.Of(view)
        + " Grey lines are the controls, named at their right ends. A line breaks where a value is undefined: at the embedding all prompts "
        + "that end in the same token have the same state.";
}
