namespace Converge.Cli.Bench;

/// <summary>A table that reads well on a terminal and is a table in Markdown too.</summary>
internal static class PipeTable
{
    /// <summary>The lines; the first columns stand left, the others right.</summary>
    public static IEnumerable<string> Lines(string[] header, int leftColumns, IReadOnlyList<string[]> rows)
    {
        var widths = header.Select((name, column) => Math.Max(name.Length, rows.Max(row => row[column].Length))).ToArray();
        yield return Line(header);
        yield return $"|{string.Join('|', widths.Select((width, column) => column < leftColumns ? new string('-', width + 2) : new string('-', width + 1) + ":"))}|";
        foreach (var row in rows) yield return Line(row);

        string Line(string[] cells) => $"| {string.Join(" | ", cells.Select((cell, column) => column < leftColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |";
    }
}
