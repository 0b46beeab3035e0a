namespace Converge.Report.Figures;

/// <summary>The vertical axis of a panel.</summary>
internal static class VerticalAxis
{
    /// <summary>Grid lines from <paramref name="left"/> to <paramref name="right"/>, ticks at the left and a title that reads upwards.</summary>
    public static void Draw(Canvas canvas, LinearScale scale, double left, double right, string title)
    {
        foreach (double tick in scale.Ticks)
        {
            canvas.Line(left, scale.At(tick), right, scale.At(tick), "grid");
            canvas.Text(left - 6, scale.At(tick) + 4, scale.Label(tick), "tick", "end");
        }
        canvas.UpwardText(12, (scale.From + scale.To) / 2, title, "muted");
    }
}
