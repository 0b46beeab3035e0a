using System.Globalization;
using System.Text;
using System.Text.Json;
using Converge.Engine;
using Converge.Studies.Spec;
using CsvHelper;
using CsvHelper.Configuration;

namespace Converge.Studies.Tasks;

/// <summary>One row of a data file.</summary>
/// <param name="Line">Its line in the file, from 1 (of its last line where a quoted value spans several).</param>
/// <param name="Values">The values of the wanted columns, in the order asked for, without blanks at either end.</param>
internal sealed record TableRow(int Line, string[] Values);

/// <summary>Reads the wanted columns of a data file.</summary>
internal static class TableReader
{
    /// <summary>All rows of <paramref name="source"/>.</summary>
    /// <exception cref="BadInputException">A file is missing, cannot be read or decoded, lacks a column, or a row is malformed.</exception>
    public static IReadOnlyList<TableRow> Read(DataSource source, DataSpec data, IReadOnlyList<string> columns)
    {
        if (source.Targets is not { } targets) return Open(source.File, data, text => data.Format switch
        {
            DataFormat.Jsonl => ReadJsonLines(source.File, text, columns),
            DataFormat.LabelFirst => LineFormats.ReadLabelFirst(source.File, text, columns),
            _ => ReadTable(source.File, text, data, columns),
        });
        return Open(source.File, data, text => Open(targets, data, target => LineFormats.ReadParallel(source.File, text, targets, target, columns)));
    }

    private static List<TableRow> Open(string file, DataSpec data, Func<TextReader, List<TableRow>> read)
    {
        if (Directory.Exists(file)) throw new BadInputException(file, "is a folder, not a data file", "Name the file in the task's data");
        if (!File.Exists(file)) throw new BadInputException(file, "does not exist", "Check the path in the task's data; it is meant from the task file's folder");
        try
        {
            using var text = new StreamReader(file, Encoding.GetEncoding(data.Encoding, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback));
            return read(text);
        }
        catch (DecoderFallbackException)
        {
            throw new BadInputException(file, $"is not {data.Encoding} text", "Set 'encoding' in the task's data to what the file is written in");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(file, $"cannot be read ({error.Message.TrimEnd('.')})", "Check the file and its permissions");
        }
    }

    private static List<TableRow> ReadTable(string file, TextReader text, DataSpec data, IReadOnlyList<string> columns)
    {
        bool tabs = data.Format == DataFormat.Tsv;
        using var csv = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = tabs ? "\t" : ",",
            Mode = tabs ? CsvMode.NoEscape : CsvMode.RFC4180,
            TrimOptions = TrimOptions.Trim,
            IgnoreBlankLines = true,
            BadDataFound = bad => throw new BadInputException($"{file}:{bad.Context.Parser!.RawRow}", "a quote stands where none may", "Quote values as RFC 4180 says, or set 'format: tsv'"),
        });
        int[]? positions = data.Header ? null : [.. columns.Select(column => Number(file, column))];
        var rows = new List<TableRow>();
        while (csv.Read())
        {
            var record = csv.Record!;
            if (positions is null) positions = [.. columns.Select(column => Find(file, record, column))];
            else rows.Add(new TableRow(csv.RawRow, [.. positions.Select((position, i) => position < record.Length ? record[position] : throw Short(file, csv.RawRow, columns[i], record.Length))]));
        }
        return rows;
    }

    private static List<TableRow> ReadJsonLines(string file, TextReader text, IReadOnlyList<string> columns)
    {
        var rows = new List<TableRow>();
        int line = 0;
        while (text.ReadLine() is { } json)
        {
            line++;
            if (string.IsNullOrWhiteSpace(json)) continue;
            try
            {
                using var row = JsonDocument.Parse(json);
                if (row.RootElement.ValueKind != JsonValueKind.Object) throw new BadInputException($"{file}:{line}", "is not a JSON object", "Write one object a line");
                rows.Add(new TableRow(line, [.. columns.Select(column => Value(row.RootElement, column, $"{file}:{line}"))]));
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // The second is how the JSON reader reports half of a surrogate pair.
                throw new BadInputException($"{file}:{line}", "is not valid JSON", "Write one JSON object a line");
            }
        }
        return rows;
    }

    private static string Value(JsonElement row, string column, string where)
    {
        if (!row.TryGetProperty(column, out var value))
        {
            var known = row.EnumerateObject().Select(property => property.Name).ToList();
            throw new BadInputException(where, $"has no column '{column}'{Spelling.Hint(column, known)}", $"It has {Columns(known)}; name the right one under 'columns'");
        }
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Trim(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => throw new BadInputException(where, $"the value of '{column}' is {value.ValueKind.ToString().ToLowerInvariant()}, not a text", "Write a text or a number"),
        };
    }

    private static int Find(string file, string[] header, string column)
    {
        int at = Array.IndexOf(header, column);
        if (at < 0)
            throw new BadInputException(file, $"has no column '{column}'{Spelling.Hint(column, header)}", $"Its first line names {Columns(header)}; name the right one under 'columns', or set 'header: false'");
        return at;
    }

    private static int Number(string file, string column) => int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1
        ? number - 1
        : throw new BadInputException(file, $"is read without a header, and '{column}' is not a column's number", "Give numbers from 1 under 'columns', or set 'header: true'");

    private static string Columns(IEnumerable<string> names) => string.Join(", ", names.Take(12).Select(OneLine.Of));

    private static BadInputException Short(string file, int line, string column, int found) =>
        new($"{file}:{line}", $"has {found} value{(found == 1 ? "" : "s")}, so column '{column}' is missing", "Mend the line, or check 'format'");
}
