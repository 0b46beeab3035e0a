using System.Text;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>The numbers of a figure as text.</summary>
internal static class FigureCsv
{
    /// <summary>Series, one a row.</summary>
    public static string Of(GroupView view, IEnumerable<SeriesSummary> series) => Of(view.Study, series);

    /// <inheritdoc cref="Of(GroupView, IEnumerable{SeriesSummary})"/>
    public static string Of(string study, IEnumerable<SeriesSummary> series) => Text(stream => StudyTables.WriteSummary(stream, study, series));

    /// <summary>Tunings, one update a row.</summary>
    public static string Of(IEnumerable<TuningCurve> tuning) => Text(stream => StudyTables.WriteTuning(stream, tuning));

    private static string Text(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
