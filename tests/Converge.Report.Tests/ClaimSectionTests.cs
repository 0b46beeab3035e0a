using Converge.Studies.Claims;

namespace Converge.Tests;

/// <summary>The table of claims on the page, where the right verdicts are known.</summary>
public sealed class ClaimSectionTests : IDisposable
{
    private static readonly StudyDesign s_design = new() { Models = ["planted"], Tasks = ["sentiment"] };
    private readonly ReportFolder _report = new();

    public void Dispose() => _report.Dispose();

    [Fact]
    public void Verdicts_are_those_that_were_planted()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 20), design: s_design);
        Assert.Equal("supported", Cells("P1")[1]);
        Assert.Equal("1.000 [1.000, 1.000]", Cells("P2")[3]);
        _report.Write(PlantedUnits.Runs(PlantedUnits.OppositeDirections, 20), design: s_design);
        Assert.Equal("contradicted", Cells("P1")[1]);
        Assert.Equal("contradicted", Cells("P2")[1]);
    }

    [Fact]
    public void What_a_study_lacks_is_said_and_every_claim_has_its_standing_and_its_rule()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 20), design: s_design);
        Assert.Equal("[known]", Cells("P3")[0]);
        Assert.Equal(["inconclusive", "–"], [Cells("P3")[1], Cells("P3")[3]]);
        Assert.Contains("lacks what it takes", Cells("P3")[^1]);
        var section = Section()!;
        string[] claims = [.. section.Descendants("tbody").Single().Elements("tr").Select(row => row.Element("th")!.Value)];
        Assert.Equal(claims.Distinct(), section.Descendants("dt").Select(term => term.Value));
        Assert.All(section.Descendants("dd"), rule => Assert.NotEqual("", rule.Value));
    }

    [Fact]
    public void Without_a_design_there_is_no_such_section()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 5));
        Assert.Null(Section());
        Assert.DoesNotContain("href=\"#claims\"", _report.Html);
    }

    private System.Xml.Linq.XElement? Section() => _report.Page.Descendants("section").SingleOrDefault(section => (string?)section.Attribute("id") == "claims");

    private string[] Cells(string claim) => [.. Section()!.Descendants("tr").Single(row => row.Element("th")?.Value == claim).Elements("td").Select(cell => cell.Value)];
}
