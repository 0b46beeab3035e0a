namespace Converge.Report.Figures;

/// <summary>The horizontal axis of a panel.</summary>
internal static class HorizontalAxis
{
    /// <summary>Grid lines from <paramref name="top"/> to <paramref name="bottom"/>, an axis at the bottom, ticks and a title below it.</summary>
    public static void Draw(Canvas canvas, LinearScale scale, double top, double bottom, string title)
    {
        foreach (double tick in scale.Ticks)
        {
            canvas.Line(scale.At(tick), top, scale.At(tick), bottom, "grid");
            canvas.Text(scale.At(tick), bottom + 15, scale.Label(tick), "tick", "middle");
        }
        canvas.Line(scale.From, bottom, scale.To, bottom, "axis");
        canvas.Text((scale.From + scale.To) / 2, bottom + 33, title, "muted", "middle");
    }
}
