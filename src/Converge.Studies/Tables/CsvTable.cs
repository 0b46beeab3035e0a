using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Converge.Studies.Tables;

/// <summary>
/// A CSV file as R and pandas read it without options: UTF-8 without a byte order mark, a comma, a header, a point for decimals, <c>\n</c>. A
/// number is written with the fewest digits that read back to the same double; a missing value is an empty field.
/// </summary>
internal sealed class CsvTable : IDisposable
{
    private readonly CsvWriter _csv;

    public CsvTable(Stream stream, params IEnumerable<string> columns)
    {
        var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        _csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" });
        foreach (var column in columns) _csv.WriteField(column);
        _csv.NextRecord();
    }

    public CsvTable Field(string? text)
    {
        _csv.WriteField(text);
        return this;
    }

    public CsvTable Field(int? number) => Field(number?.ToString(CultureInfo.InvariantCulture));

    // An infinite or undefined number is a missing one: R and pandas would otherwise read different things from it.
    public CsvTable Field(double? number) =>
        Field(number is { } value && double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : null);

    public void EndRow() => _csv.NextRecord();

    public void Dispose() => _csv.Dispose();
}
