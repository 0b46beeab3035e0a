using Converge.Report.Markup;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>
/// One row of a distribution figure: a label and the estimate in numbers, a dot for every run over a box from the first to the third quartile
/// with the median in it, and below them the mean on its interval.
/// </summary>
internal static class RunStrip
{
    public const int Height = 86;

    /// <param name="canvas">Where to draw.</param>
    /// <param name="series">What to draw.</param>
    /// <param name="label">The row's label.</param>
    /// <param name="style">The class that gives its colour.</param>
    /// <param name="marker">Its marker.</param>
    /// <param name="scale">The horizontal scale.</param>
    /// <param name="top">The row's upper edge.</param>
    /// <param name="text">How the estimate is written.</param>
    public static void Draw(Canvas canvas, SeriesSummary series, string label, string style, Marker marker, LinearScale scale, double top, Func<Estimate, string> text)
    {
        canvas.Mark(marker, scale.From + 5, top + 12, 4.5, $"{style} f");
        canvas.Text(scale.From + 15, top + 16, label, "strong");
        double[] means = MeansOf(series);
        if (means.Length == 0)
        {
            canvas.Text(scale.From, top + 46, $"undefined for all {NumberText.Count(series.Estimate.Missing)} values", "muted");
            return;
        }
        canvas.Text(scale.To, top + 16, text(series.Estimate), "muted", "end");

        double middle = top + 42;
        double[] sorted = [.. means.Order()];
        double first = scale.At(Quantile(sorted, 0.25)), third = scale.At(Quantile(sorted, 0.75)), median = scale.At(Quantile(sorted, 0.5));
        canvas.Rectangle(first, middle - 17, Math.Max(third - first, 1), 34, $"{style} f box");
        canvas.Line(median, middle - 17, median, middle + 17, $"{style} s");
        double[] positions = [.. means.Select(scale.At)];
        var offsets = Beeswarm.Offsets(positions, 3, 16);
        for (int i = 0; i < positions.Length; i++) canvas.Mark(marker, positions[i], middle + offsets[i], 2.8, $"{style} f dot");

        double below = top + 70;
        if (series.Estimate.Interval is { } interval) canvas.Line(scale.At(interval.Low), below, scale.At(interval.High), below, $"{style} s ci");
        canvas.Mark(marker, scale.At(series.Estimate.Mean!.Value), below, 5, $"{style} f mean");
    }

    /// <summary>The runs' means, where defined.</summary>
    public static double[] MeansOf(SeriesSummary series) => [.. series.Runs.Where(run => run.Mean is not null).Select(run => run.Mean!.Value)];

    /// <summary>Everything that the row's scale must hold.</summary>
    public static IEnumerable<double> Extent(SeriesSummary series) =>
        series.Estimate.Interval is { } interval ? [.. MeansOf(series), interval.Low, interval.High] : MeansOf(series);

    private static double Quantile(double[] sorted, double probability)
    {
        double position = probability * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[^1];
    }
}
