using System.Text;
using Converge.Report.Markup;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>A series that a figure draws.</summary>
/// <param name="Role">What it is called there: <c>ICL–IT</c>, <c>C2 untrained</c>.</param>
/// <param name="Tag">Where it comes from.</param>
/// <param name="Series">Its numbers.</param>
internal sealed record Drawn(string Role, Standing Tag, SeriesSummary Series)
{
    /// <summary>A pair of conditions: what the paper measures is the cosine, the rest is ours.</summary>
    public static Drawn Of(ConditionPair pair, SeriesSummary series) => new(Names.Of(pair), series.Key.Metric == MetricNames.Cosine ? Standing.Known : Standing.Ours, series);

    /// <summary>A control.</summary>
    public static Drawn Of(Control control, SeriesSummary series) => new($"{control.Id} {control.Name}", Standing.Ours, series);

    /// <summary>What a condition makes of the answers.</summary>
    public static Drawn Of(Condition condition, SeriesSummary series) => new(Names.Of(condition), Standing.Ours, series);
}

/// <summary>The numbers of a figure as text.</summary>
internal static class FigureCsv
{
    /// <summary>Series, one a row: what is drawn and its standing, then as <c>tables/summary.csv</c> has them.</summary>
    public static string Of(string study, IEnumerable<Drawn> drawn) => Text(stream =>
    {
        using var table = new CsvTable(stream, ["series", "standing", .. StudyTables.SummaryColumns]);
        foreach (var one in drawn) StudyTables.WriteSummary(table.Field(one.Role).Field(Names.Of(one.Tag)), study, one.Series);
    });

    /// <summary>The losses of tunings, one update a row.</summary>
    public static string Of(IEnumerable<TuningCurve> tuning) => Text(stream =>
    {
        using var table = new CsvTable(stream, ["run", "step", "loss"]);
        foreach (var run in tuning)
            foreach (var step in run.Steps) table.Field(run.Run).Field(step.Step).Field(step.Loss).EndRow();
    });

    private static string Text(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
