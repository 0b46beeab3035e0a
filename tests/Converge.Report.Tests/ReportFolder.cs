using System.Text.Json.Nodes;
using System.Xml.Linq;
using Converge.Report;
using Converge.Studies.Claims;
using Converge.Studies.Run;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Tests;

/// <summary>A report written to a folder of its own, and how tests read it.</summary>
public sealed class ReportFolder : IDisposable
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public string Path { get; } = Directory.CreateTempSubdirectory("converge-report-").FullName;

    /// <summary>The page's markup.</summary>
    public string Html => File.ReadAllText(System.IO.Path.Combine(Path, "report.html"));

    /// <summary>The page as a tree: it is written so that an XML parser can read it, which finds every unescaped character.</summary>
    public XElement Page
    {
        get
        {
            Assert.StartsWith("<!DOCTYPE html>\n", Html);
            return XElement.Parse(Html["<!DOCTYPE html>".Length..]);
        }
    }

    /// <summary>The answer's word and sentence.</summary>
    public string Verdict => Page.Descendants("p").Single(p => (string?)p.Attribute("class") == "verdict").Value;

    /// <summary>What the first screen says on a topic.</summary>
    public string Remark(string topic) => Page.Descendants("dt").First(dt => dt.Value.StartsWith(topic, StringComparison.Ordinal)).ElementsAfterSelf("dd").First().Value;

    /// <summary>The banners.</summary>
    public IReadOnlyList<string> Banners => [.. Page.Descendants("p").Where(p => (string?)p.Attribute("class") == "banner").Select(p => p.Value)];

    /// <summary>A figure's file as a tree.</summary>
    public XElement Figure(string name) => XElement.Load(System.IO.Path.Combine(Path, "figures", name + ".svg"));

    /// <summary>The description of a figure's file.</summary>
    public string Description(string name) => Figure(name).Element(Svg + "desc")!.Value;

    /// <summary>The texts drawn in a figure's file.</summary>
    public IReadOnlyList<string> Texts(string name) => [.. Figure(name).Descendants(Svg + "text").Select(text => text.Value)];

    /// <summary>A figure's CSV file, by column.</summary>
    public IReadOnlyList<Dictionary<string, string>> Csv(string name)
    {
        string[][] lines = [.. File.ReadAllLines(System.IO.Path.Combine(Path, "figures", name + ".csv")).Select(line => line.Split(','))];
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(cell => cell.First, cell => cell.Second))];
    }

    public StudyResults Write(IEnumerable<UnitRecord> units, JsonNode? manifest = null, string study = "planted", int? planned = null, Func<string, int, string?>? pieceOf = null, int resamples = 2000, IReadOnlyList<FactorSpec>? factors = null, StudyDesign? design = null, StudySpec? spec = null, IReadOnlyDictionary<string, long>? parameters = null) =>
        StudyReport.Write(Path, units, manifest ?? new JsonObject { ["seed"] = 7 }, new ReportOptions
        {
            Results = new ResultOptions { Study = study, Bootstrap = new() { Resamples = resamples } },
            PlannedUnits = planned,
            Factors = factors ?? [],
            Design = design,
            Study = spec,
            Parameters = parameters ?? new Dictionary<string, long>(),
            PieceOf = pieceOf,
            Commands = ["converge run studies/planted.yaml"],
        });

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
