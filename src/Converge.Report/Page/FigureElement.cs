using System.Globalization;
using System.Text;
using Converge.Report.Figures;
using Converge.Report.Markup;

namespace Converge.Report.Page;

/// <summary>A figure in the page: its panels, its caption, and the figure as a file with the numbers that it draws.</summary>
internal static class FigureElement
{
    // Three of them beside each other would be too small to read.
    private const int WidePanel = 520;

    /// <param name="page">The page.</param>
    /// <param name="figure">The figure.</param>
    /// <param name="heading">The element of its title.</param>
    /// <param name="withSubject">Whether the title says what it is about, which is said above it elsewhere.</param>
    public static void Write(MarkupWriter page, Figure figure, string heading = "h3", bool withSubject = false)
    {
        page.Open("figure", ("id", figure.Name)).Open(heading).Text(figure.Title + " ");
        if (figure.Tag is { } tag) Tags.Write(page, tag);
        if (withSubject) page.Leaf("span", " " + figure.Subject, ("class", "subject"));
        page.Close().Open("div", ("class", figure.Panels.Max(panel => panel.Width) > WidePanel ? "panels wide" : "panels"));
        for (int i = 0; i < figure.Panels.Count; i++) SvgFile.Inline(page, figure.Panels[i], string.Create(CultureInfo.InvariantCulture, $"{figure.Name}-{i}"));
        page.Close().Open("figcaption").Text(figure.Caption + " ");
        page.Open("span", ("class", "files"));
        // The files lie in the page itself, so that it can be sent alone.
        Download(page, "SVG", $"{figure.Name}.svg", "image/svg+xml", SvgFile.Of(figure));
        page.Text(" ");
        Download(page, "CSV", $"{figure.Name}.csv", "text/csv", figure.Csv);
        page.Close().Close().Close();
    }

    /// <summary>A link that saves a file which lies in the page itself.</summary>
    public static void Download(MarkupWriter page, string text, string name, string type, string content) =>
        page.Leaf("a", text, ("download", name), ("href", $"data:{type};base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(content))}"), ("aria-label", $"{name}, download"));
}
