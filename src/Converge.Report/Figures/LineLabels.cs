namespace Converge.Report.Figures;

/// <summary>Names of lines, written at their right ends without running into each other.</summary>
internal static class LineLabels
{
    private const double Apart = 13;

    /// <summary>The room that names take at the right of a panel.</summary>
    public static int Room(IEnumerable<string> names) => names.Select(name => 8 + (int)(6.2 * name.Length)).DefaultIfEmpty(0).Max();

    /// <param name="canvas">Where to draw.</param>
    /// <param name="labels">The names and the heights of their lines.</param>
    /// <param name="x">Where the names begin.</param>
    /// <param name="top">The highest that a name may stand.</param>
    /// <param name="bottom">The lowest.</param>
    public static void Draw(Canvas canvas, IEnumerable<(string Name, double Y)> labels, double x, double top, double bottom)
    {
        var ordered = labels.OrderBy(label => label.Y).ToList();
        double[] heights = Spread([.. ordered.Select(label => label.Y)], top, bottom);
        for (int i = 0; i < heights.Length; i++) canvas.Text(x + 4, heights[i] + 3.5, ordered[i].Name, "tick");
    }

    /// <summary>Heights, in rising order, moved as little apart as keeps them from touching and within bounds.</summary>
    internal static double[] Spread(double[] heights, double top, double bottom)
    {
        var moved = heights.Select(height => Math.Clamp(height, top, bottom)).ToArray();
        for (int i = 1; i < moved.Length; i++) moved[i] = Math.Max(moved[i], moved[i - 1] + Apart);
        if (moved.Length > 0) moved[^1] = Math.Min(moved[^1], bottom);
        for (int i = moved.Length - 2; i >= 0; i--) moved[i] = Math.Min(moved[i], moved[i + 1] - Apart);
        return moved;
    }
}
