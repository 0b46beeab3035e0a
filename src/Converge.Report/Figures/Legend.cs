namespace Converge.Report.Figures;

/// <summary>An entry of a legend.</summary>
/// <param name="Name">What the reader sees.</param>
/// <param name="Style">The class that gives its colour.</param>
/// <param name="Marker">Its marker; null where it has none.</param>
/// <param name="Line">Whether it is drawn as a line.</param>
internal sealed record LegendEntry(string Name, string Style, Marker? Marker, bool Line);

/// <summary>The legend above a panel's axes: as many rows as it takes.</summary>
/// <param name="entries">What stands in it.</param>
/// <param name="left">The left edge.</param>
/// <param name="right">The right edge.</param>
internal sealed class Legend(IReadOnlyList<LegendEntry> entries, double left, double right)
{
    private const double First = 34, RowHeight = 17;

    /// <summary>Where the axes may begin below it.</summary>
    public int Below => (int)(First + RowHeight * (Places().Select(place => place.Row).DefaultIfEmpty(0).Max() + 1) + 3);

    public void Draw(Canvas canvas)
    {
        foreach (var ((x, row), entry) in Places().Zip(entries))
        {
            double y = First + RowHeight * row;
            if (entry.Line) canvas.Line(x, y, x + 20, y, entry.Marker is null ? entry.Style : $"{entry.Style} s line");
            if (entry.Marker is { } marker) canvas.Mark(marker, x + (entry.Line ? 10 : 5), y, entry.Line ? 3.6 : 4.2, $"{entry.Style} f");
            canvas.Text(x + KeyWidth(entry), y + 4, entry.Name, "muted");
        }
    }

    private IEnumerable<(double X, int Row)> Places()
    {
        double x = left;
        int row = 0;
        foreach (var entry in entries)
        {
            double width = KeyWidth(entry) + 6.5 * entry.Name.Length;
            if (x > left && x + width > right) (x, row) = (left, row + 1);
            yield return (x, row);
            x += width + 10;
        }
    }

    private static double KeyWidth(LegendEntry entry) => entry.Line ? 25 : 14;
}
