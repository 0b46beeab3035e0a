using System.Globalization;
using Converge.Report.Markup;

namespace Converge.Report.Figures;

/// <summary>Writes panels as SVG: one within a page, or a whole figure as a file of its own.</summary>
internal static class SvgFile
{
    private const int Margin = 16, TitleHeight = 34;

    /// <summary>A panel as an element of a page, named and described for screen readers.</summary>
    public static void Inline(MarkupWriter page, Panel panel, string id)
    {
        page.Open("svg", ("viewBox", $"0 0 {panel.Width} {panel.Height}"), ("role", "img"), ("aria-labelledby", $"{id}-t {id}-d"))
            .Leaf("title", panel.Title, ("id", $"{id}-t")).Leaf("desc", panel.Description, ("id", $"{id}-d"))
            .Markup(panel.Body).Close();
    }

    /// <summary>A figure as a file: its panels side by side under its title, in light or dark as the viewer prefers.</summary>
    public static string Of(Figure figure)
    {
        int width = figure.Panels.Sum(panel => panel.Width) + Margin * (figure.Panels.Count + 1);
        int height = figure.Panels.Max(panel => panel.Height) + TitleHeight + 2 * Margin;
        var svg = new MarkupWriter();
        svg.Open("svg", ("xmlns", "http://www.w3.org/2000/svg"), ("viewBox", $"0 0 {width} {height}"), ("width", Whole(width)), ("height", Whole(height)),
            ("role", "img"), ("aria-labelledby", "title description"));
        svg.Leaf("title", figure.Title, ("id", "title"));
        svg.Leaf("desc", string.Join(" ", figure.Panels.Select(panel => $"{panel.Title}: {panel.Description}")), ("id", "description"));
        svg.Open("style").Markup($":root{{{FigureStyle.Light}}}@media (prefers-color-scheme:dark){{:root{{{FigureStyle.Dark}}}}}\n{FigureStyle.Rules}\n").Close();
        svg.Empty("rect", ("width", Whole(width)), ("height", Whole(height)), ("style", "fill:var(--paper)"));
        svg.Open("text", ("x", Whole(Margin)), ("y", Whole(Margin + 16)), ("style", "font-size:16px;font-weight:600")).Text(figure.Title + " ").Leaf("tspan", $"{Names.Tag(figure.Tag)} {figure.Subject}".TrimStart(), ("class", "tag")).Close();
        int x = Margin;
        foreach (var panel in figure.Panels)
        {
            svg.Open("g", ("transform", $"translate({Whole(x)} {Whole(TitleHeight + Margin)})")).Markup(panel.Body).Close();
            x += panel.Width + Margin;
        }
        return svg.Close().ToString();
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
