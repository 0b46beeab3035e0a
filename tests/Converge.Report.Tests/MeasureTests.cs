using Converge.Studies.Metrics;

namespace Converge.Tests;

/// <summary>Metrics that a study asks for, on the page.</summary>
public sealed class MeasureTests : IDisposable
{
    private readonly ReportFolder _report = new();

    public void Dispose() => _report.Dispose();

    [Fact]
    public void What_was_asked_for_stands_in_tables_and_what_was_not_leaves_none()
    {
        var units = Enumerable.Range(0, 6).Select(run => PlantedUnits.Unit(PlantedUnits.IclEqualsIt, run)).ToList();
        _report.Write(units);
        Assert.DoesNotContain("beside states", _report.Html);
        _report.Write(units.Select(unit => unit with
        {
            Measures = [Series(1, "attn_scores", "icl-it", MetricNames.TrainingAttentionTau, 0.25), Series(2, "attn_scores", "icl-it", MetricNames.TrainingAttentionTau, -0.5), Series(null, "logits", "icl", MetricNames.OrderSensitivity, 0.125)],
            Directions = [new AdapterDirections(2, "v_proj", 2, [1, 0])],
        }));
        var rows = _report.Page.Descendants("tr").ToDictionary(row => row.Elements().First().Value + "/" + row.Ancestors("table").First().Element("caption")!.Value[..4], row => row.Elements("td").Select(cell => cell.Value).ToArray());
        Assert.Equal(["0.250 [0.250, 0.250]", "\u22120.500 [\u22120.500, \u22120.500]"], rows["attention to training tokens, Kendall's tau (M8), icl-it/Mean"]);
        Assert.Equal(["", "1.000"], rows["overlap of adapters (M15), v_proj/Mean"]);
        Assert.Equal("0.125", rows["sensitivity to order (M13), icl/Of w"][0]);
    }

    private static MetricSeries Series(int? layer, string tap, string pair, string metric, double value) => new(layer, tap, pair, metric, true, [.. Enumerable.Repeat<double?>(value, PlantedUnits.Queries)]);
}
