using System.Globalization;
using Converge.Report.Markup;
using Converge.Studies.Spec;

namespace Converge.Report.Figures;

/// <summary>The marker that stands for a series, so that colour is never the only difference.</summary>
internal enum Marker
{
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// <summary>Draws in SVG. Positions are in pixels from the panel's top left corner; looks come from the classes of <see cref="FigureStyle"/>.</summary>
internal sealed class Canvas
{
    private readonly MarkupWriter _svg = new();

    public override string ToString() => _svg.ToString();

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _svg.Empty("line", ("x1", N(x1)), ("y1", N(y1)), ("x2", N(x2)), ("y2", N(y2)), ("class", style));

    public void Rectangle(double x, double y, double width, double height, string style) =>
        _svg.Empty("rect", ("x", N(x)), ("y", N(y)), ("width", N(width)), ("height", N(height)), ("class", style));

    public void Polyline(IEnumerable<(double X, double Y)> points, string style) => _svg.Empty("polyline", ("points", Points(points)), ("class", style));

    public void Polygon(IEnumerable<(double X, double Y)> points, string style) => _svg.Empty("polygon", ("points", Points(points)), ("class", style));

    public void Text(double x, double y, string text, string style, string anchor = "start") =>
        _svg.Leaf("text", text, ("x", N(x)), ("y", N(y)), ("class", style), ("text-anchor", anchor == "start" ? null : anchor));

    /// <summary>A panel's title with its standing.</summary>
    public void Title(double x, double y, string title, Standing tag) => Label(x, y, title, tag, "title");

    /// <summary>Text with its standing behind it.</summary>
    public void Label(double x, double y, string text, Standing tag, string style) =>
        _svg.Open("text", ("x", N(x)), ("y", N(y)), ("class", style)).Text(text + " ").Leaf("tspan", Names.Tag(tag), ("class", "tag")).Close();

    /// <summary>Text that reads upwards, centred on a point.</summary>
    public void UpwardText(double x, double y, string text, string style) =>
        _svg.Leaf("text", text, ("transform", $"translate({N(x)} {N(y)}) rotate(-90)"), ("class", style), ("text-anchor", "middle"));

    /// <summary>A marker around a point; <paramref name="radius"/> is that of the circle of the same area.</summary>
    public void Mark(Marker marker, double x, double y, double radius, string style)
    {
        double side = radius * 0.89, triangle = radius * 1.35, diamond = radius * 1.25;
        switch (marker)
        {
            case Marker.Circle:
                _svg.Empty("circle", ("cx", N(x)), ("cy", N(y)), ("r", N(radius)), ("class", style));
                break;
            case Marker.Square:
                Rectangle(x - side, y - side, 2 * side, 2 * side, style);
                break;
            case Marker.Triangle:
                Polygon([(x, y - triangle), (x + 0.866 * triangle, y + triangle / 2), (x - 0.866 * triangle, y + triangle / 2)], style);
                break;
            default:
                Polygon([(x, y - diamond), (x + diamond, y), (x, y + diamond), (x - diamond, y)], style);
                break;
        }
    }

    private static string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(point => $"{N(point.X)},{N(point.Y)}"));

    private static string N(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);
}
