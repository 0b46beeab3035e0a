using Converge.Report.Markup;

namespace Converge.Report.Page;

/// <summary>A table with a caption, column heads and row heads; wide ones scroll within the page.</summary>
internal static class Table
{
    /// <param name="page">The page.</param>
    /// <param name="caption">What the table holds.</param>
    /// <param name="columns">The heads of the columns.</param>
    /// <param name="rows">The rows; the first cell of each is its head.</param>
    /// <param name="key">Which rows stand out.</param>
    /// <param name="words">Whether cells hold text, to be wrapped, and not numbers, to be aligned.</param>
    public static void Write(MarkupWriter page, string caption, IReadOnlyList<string> columns, IReadOnlyList<string[]> rows, Func<string[], bool>? key = null, bool words = false)
    {
        page.Open("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", caption)).Open("table", ("class", words ? "words" : null)).Leaf("caption", caption);
        page.Open("thead").Open("tr");
        for (int i = 0; i < columns.Count; i++) page.Leaf("th", columns[i], ("scope", "col"), ("class", i == 0 ? "left" : null));
        page.Close().Close().Open("tbody");
        foreach (var row in rows)
        {
            page.Open("tr", ("class", key?.Invoke(row) == true ? "key" : null)).Leaf("th", row[0], ("scope", "row"));
            foreach (var cell in row.AsSpan(1)) page.Leaf("td", cell, ("dir", words ? "auto" : null));
            page.Close();
        }
        page.Close().Close().Close();
    }
}
