using System.Globalization;
using System.Text;
using Converge.Studies.Run;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Tests;

/// <summary>A factor whose effect was planted: at its base ICL equals IT, at one level they part in opposite directions, at another ICL does nothing.</summary>
public sealed class FactorTests : IDisposable
{
    private readonly ReportFolder _report = new();

    public void Dispose() => _report.Dispose();

    [Fact]
    public void Its_figure_has_every_level_in_the_order_of_its_scale()
    {
        Write(Factor(2));
        var description = _report.Description("factor-01");
        int[] places = [.. new[] { "none: ", "half: ", "all: " }.Select(level => description.IndexOf(level, StringComparison.Ordinal))];
        Assert.True(places[0] >= 0 && places.SequenceEqual(places.Order()), description);
        Assert.Contains("none: ICL–IT 1.000 [1.000, 1.000]", description);
        Assert.DoesNotContain("half: ICL–IT 1.000", description);
        // ICL does nothing: its state is the anchor's.
        Assert.Matches(@"all: ICL–IT 0\.\d+ \[[^]]*\], anchor–ICL 1\.000 \[1\.000, 1\.000\]", description);
        Assert.Equal("F1: Wrong labels [known]", _report.Page.Descendants("figure").Single(figure => (string)figure.Attribute("id")! == "factor-01").Element("h3")!.Value);
    }

    [Fact]
    public void Without_a_scale_levels_keep_the_order_of_the_file_after_the_base()
    {
        Write(Factor(null));
        var description = _report.Description("factor-01");
        int[] places = [.. new[] { "none: ", "all: ", "half: " }.Select(level => description.IndexOf(level, StringComparison.Ordinal))];
        Assert.True(places[0] >= 0 && places.SequenceEqual(places.Order()), description);
    }

    [Fact]
    public void The_answer_is_that_of_the_base_and_the_table_gives_every_level_with_its_standing()
    {
        Write(Factor(2));
        Assert.StartsWith("Yes.", _report.Verdict);
        var section = _report.Page.Descendants("section").Single(section => (string?)section.Attribute("id") == "factors");
        Assert.Equal(["none ", "half [known]", "all [assumed]"], section.Descendants("tbody").Single().Elements("tr").Select(row => $"{row.Element("th")!.Value} {row.Elements("td").First().Value}"));
        Assert.Contains(_report.Page.Descendants("nav").Single().Elements("a"), link => (string)link.Attribute("href")! == "#factors");
    }

    [Fact]
    public void A_study_without_factors_has_no_such_section()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        Assert.DoesNotContain("What the factors do", _report.Html);
        Assert.DoesNotContain("#factors", _report.Html);
    }

    [Fact]
    public void Every_figure_can_be_downloaded_and_its_numbers_are_those_of_the_results()
    {
        var results = Write(Factor(2));
        var links = _report.Page.Descendants("a").Where(link => link.Attribute("download") is not null).ToDictionary(link => (string)link.Attribute("download")!, link => (string)link.Attribute("href")!);
        Assert.Equal(2 * _report.Page.Descendants("figure").Count(), links.Count);
        foreach (var (name, link) in links)
            Assert.Equal(File.ReadAllText(Path.Combine(_report.Path, "figures", name)), Encoding.UTF8.GetString(Convert.FromBase64String(link[(link.IndexOf(',', StringComparison.Ordinal) + 1)..])));

        string[][] rows = [.. File.ReadAllLines(Path.Combine(_report.Path, "figures", "factor-01.csv")).Select(line => line.Split(','))];
        int At(string column) => Array.IndexOf(rows[0], column);
        var half = rows.Single(row => row[At("level")] == "half" && row[At("pair")] == "icl-it" && row[At("metric")] == "cosine");
        var estimate = results[new SeriesKey(new StudyGroup("planted", "sentiment", "F1", "half"), PlantedUnits.Layers, "final_norm", "icl-it", "cosine")].Estimate;
        Assert.Equal(estimate.Mean, double.Parse(half[At("mean")], CultureInfo.InvariantCulture));
        Assert.Equal(["all", "base", "half"], rows.Skip(1).Select(row => row[At("level")]).Distinct().Order());
    }

    private StudyResults Write(FactorSpec factor) => _report.Write(
        [.. PlantedUnits.Runs(PlantedUnits.IclEqualsIt), .. At("half", PlantedUnits.OppositeDirections), .. At("all", PlantedUnits.IclDoesNothing)], factors: [factor]);

    private static IEnumerable<UnitRecord> At(string level, PlantedUnits.StateRule rule) => Enumerable.Range(0, 8).Select(run => PlantedUnits.Unit(rule, run, factor: "F1", level: level));

    // The file names the levels in falling order.
    private static FactorSpec Factor(double? most) => new()
    {
        Id = "F1",
        Title = "Wrong labels",
        Tag = Standing.Known,
        Note = "no effect expected",
        Base = new BasePoint("none", most is null ? null : 0),
        Models = ["planted"],
        Tasks = ["sentiment"],
        Levels =
        [
            new LevelSpec { Id = "all", Tag = Standing.Assumed, Note = "", Value = most, Settings = null! },
            new LevelSpec { Id = "half", Tag = Standing.Known, Note = "half of them", Value = most / 2, Settings = null! },
        ],
    };
}
