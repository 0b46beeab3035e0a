using Converge.Engine;
using Converge.Studies.Spec;

namespace Converge.Studies.Tasks;

/// <summary>Reads files whose lines are not cut into columns.</summary>
internal static class LineFormats
{
    /// <summary>Lines of a label, a blank and a text.</summary>
    /// <exception cref="BadInputException">A line has no blank, or another column than the two is asked for.</exception>
    public static List<TableRow> ReadLabelFirst(string file, TextReader text, IReadOnlyList<string> columns)
    {
        int[] positions = Positions(file, columns, ["label", "text"]);
        return [.. Lines(text).Select(line =>
        {
            int blank = line.Text.IndexOf(' ');
            if (blank < 0) throw new BadInputException($"{file}:{line.Number}", "has no blank between label and text", "Write 'label text' on every line, or check 'format'");
            string[] values = [line.Text[..blank], line.Text[(blank + 1)..].Trim()];
            return new TableRow(line.Number, [.. positions.Select(at => values[at])]);
        })];
    }

    /// <summary>The lines of a file and those of another that stand beside them; a pair without either is left out.</summary>
    /// <exception cref="BadInputException">One file has more lines than the other, or another column than the two is asked for.</exception>
    public static List<TableRow> ReadParallel(string file, TextReader text, string targetFile, TextReader targets, IReadOnlyList<string> columns)
    {
        int[] positions = Positions(file, columns, ["text", "target"]);
        var rows = new List<TableRow>();
        for (int number = 1; ; number++)
        {
            var (line, target) = (text.ReadLine(), targets.ReadLine());
            if (line is null && target is null) return rows;
            if (line is null || target is null) throw new BadInputException(line is null ? file : targetFile, $"has {number - 1} lines, fewer than '{(line is null ? targetFile : file)}'", "Give files whose lines belong together");
            string[] values = [line.Trim(), target.Trim()];
            if (values[0].Length > 0 && values[1].Length > 0) rows.Add(new TableRow(number, [.. positions.Select(at => values[at])]));
        }
    }

    private static IEnumerable<(int Number, string Text)> Lines(TextReader text)
    {
        for (int number = 1; text.ReadLine() is { } line; number++)
            if (line.Trim() is { Length: > 0 } trimmed) yield return (number, trimmed);
    }

    private static int[] Positions(string file, IReadOnlyList<string> columns, string[] known) => [.. columns.Select(column => Array.IndexOf(known, column) is >= 0 and var at
        ? at
        : throw new BadInputException(file, $"has no column '{column}'{Spelling.Hint(column, known)}", $"In this format the columns are {string.Join(" and ", known)}; name them under 'columns'"))];
}
