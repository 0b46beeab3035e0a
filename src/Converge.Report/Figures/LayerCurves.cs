using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>The similarities at every layer, with their intervals as bands; the state after the final norm stands apart at the right.</summary>
internal static class LayerCurves
{
    private const int Width = 400, Height = 336, Left = 52, Right = 388, Top = 54, Bottom = 284;

    public static Figure Of(GroupView view, string name) => new(
        name, "From the embedding to the last layer", Caption(view),
        [
            PanelOf(view, "Cosine", MetricNames.Cosine, Names.Pairs, withLevel: true),
            PanelOf(view, "Centred cosine", MetricNames.CentredCosine, Names.Pairs, withLevel: false),
            PanelOf(view, "Shift cosine", MetricNames.ShiftCosine, [ConditionPair.IclIt], withLevel: false),
        ],
        FigureCsv.Of(view,
        [
            .. Names.Pairs.SelectMany(pair => SeriesOf(view, pair, MetricNames.Cosine)), .. Names.Pairs.SelectMany(pair => SeriesOf(view, pair, MetricNames.CentredCosine)),
            .. SeriesOf(view, ConditionPair.IclIt, MetricNames.ShiftCosine), .. SeriesOf(view, ConditionPair.IclIt, MetricNames.Anisotropy),
        ]));

    private static Panel PanelOf(GroupView view, string title, string metric, IReadOnlyList<ConditionPair> pairs, bool withLevel)
    {
        int layers = view.Group.Layers;
        var canvas = new Canvas();
        var curves = pairs.Select(pair => EstimatesOf(view, pair, metric)).ToList();
        var level = withLevel ? EstimatesOf(view, ConditionPair.IclIt, MetricNames.Anisotropy) : [];
        var extent = curves.SelectMany(curve => curve).SelectMany(Ends).Concat(level.Where(one => one.Mean is not null).Select(one => one.Mean!.Value));
        if (!withLevel) extent = extent.Append(0);
        if (pairs.Count > 1) extent = extent.Append(1);
        var y = LinearScale.Holding(extent, Bottom, Top, span: 0.2, atLeast: -1, atMost: 1);
        double gap = Math.Max(30, (Right - Left - 14) / (layers + 2.0));
        double X(int i) => i > layers ? Right - 12 : Left + 8 + i * (Right - 20 - gap - Left) / layers;

        canvas.Text(Left - 38, 16, title, "title");
        VerticalAxis.Draw(canvas, y, Left, Right, metric == MetricNames.ShiftCosine ? "cosine of the two shifts" : "cosine");
        if (!withLevel) canvas.Line(Left, y.At(0), Right, y.At(0), "zero");
        canvas.Line(Left, Bottom, Right, Bottom, "axis");
        int every = Math.Max(1, (int)Math.Ceiling(layers / 8.0));
        for (int layer = 0; layer <= layers; layer++)
            if (layer % every == 0 && (layers - layer >= every || layer == layers) || layer == layers)
                canvas.Text(X(layer), Bottom + 15, layer.ToString(System.Globalization.CultureInfo.InvariantCulture), "tick", "middle");
        canvas.Text(X(layers + 1), Bottom + 15, "norm", "tick", "middle");
        canvas.Text((X(0) + X(layers)) / 2, Bottom + 33, "layer (0 is the embedding)", "muted", "middle");

        if (withLevel) DrawLevel(canvas, level, X, y, layers);
        for (int i = curves.Count - 1; i >= 0; i--) DrawBands(canvas, curves[i], pairs[i].Name, X, y, layers);
        for (int i = 0; i < curves.Count; i++) DrawCurve(canvas, curves[i], pairs[i], X, y, layers);
        DrawLegend(canvas, pairs, withLevel);
        return new Panel(title, Describe(pairs, curves, layers), Width, Height, canvas.ToString());
    }

    /// <summary>The estimates of layers 0..L and, last, of the final norm.</summary>
    private static List<Estimate> EstimatesOf(GroupView view, ConditionPair pair, string metric) => [.. SeriesOf(view, pair, metric).Select(series => series.Estimate)];

    private static IEnumerable<SeriesSummary> SeriesOf(GroupView view, ConditionPair pair, string metric) =>
        Enumerable.Range(0, view.Group.Layers + 1).Select(layer => view.At(layer, pair.Name, metric)).Append(view.Headline(pair, metric));

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

    private static void DrawLevel(Canvas canvas, List<Estimate> level, Func<int, double> x, LinearScale y, int layers)
    {
        foreach (var stretch in Stretches(level, layers, estimate => estimate.Mean is not null))
            canvas.Polyline(stretch.Select(i => (x(i), y.At(level[i].Mean!.Value))), "level");
        if (level[^1].Mean is { } last) canvas.Line(x(layers + 1) - 9, y.At(last), x(layers + 1) + 9, y.At(last), "level");
    }

    private static void DrawLegend(Canvas canvas, IReadOnlyList<ConditionPair> pairs, bool withLevel)
    {
        double at = Left - 38;
        foreach (var pair in pairs)
        {
            canvas.Line(at, 34, at + 20, 34, $"{pair.Name} s line");
            canvas.Mark(FigureStyle.MarkerOf(pair), at + 10, 34, 3.6, $"{pair.Name} f");
            canvas.Text(at + 25, 38, Names.Of(pair), "muted");
            at += 32 + 6.6 * Names.Of(pair).Length;
        }
        if (!withLevel) return;
        canvas.Line(at, 34, at + 20, 34, "level");
        canvas.Text(at + 25, 38, "C1", "muted");
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

    private static string Describe(IReadOnlyList<ConditionPair> pairs, List<List<Estimate>> curves, int layers) =>
        string.Join(" ", pairs.Select((pair, i) =>
            $"{Names.Of(pair)}: {NumberText.Of(curves[i][0].Mean)} at the embedding, {NumberText.Of(curves[i][layers / 2].Mean)} at layer {layers / 2}, "
            + $"{NumberText.Of(curves[i][layers].Mean)} at layer {layers}, {NumberText.Of(curves[i][^1].Mean)} after the final norm."));

    private static string Caption(GroupView view) =>
        $"Mean over {view.Group.Runs} runs at the last token" + (view.Group.Runs < ClusterBootstrap.FewestRuns ? ", too few for intervals. " : ", with pointwise 95 % intervals. ")
        + LayerFinding.Of(view)
        + " C1 is the cosine between different queries under one condition (the higher of ICL's and IT's). A line breaks where a value is undefined: at the embedding all prompts "
        + "that end in the same token have the same state.";
}
