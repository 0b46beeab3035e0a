using System.Text.Json.Nodes;
using Converge.Report;
using Converge.Studies.Claims;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;
using Converge.Studies.Run;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Tests.Planted;

/// <summary>A whole study of a <see cref="HandSetModel"/>, from the YAML file to the page.</summary>
internal sealed class HandSetStudy : IDisposable
{
    public const int Runs = 12, Queries = 4;

    // The last letters of all texts differ, and have embeddings of their own.
    private const string Study = """
        name: planted
        seed: 3
        models: [{id: hand, path: model}]
        tasks:
          - name: words
            version: 1
            kind: classification
            data: {demonstrations: shown.tsv, queries: asked.tsv, format: tsv, columns: {text: text, label: label}}
            labels: {"0": bad, "1": good}
            instructions: ["judge*~*~*~it", "*~*~rate*~this"]
            template: {instruction: "{instruction}\n", query: "{text}", answer: " {label}", separator: "\n"}
        runs: 12
        queries: 4
        demonstrations: {count: 2}
        tuning: {targets: [q_proj], learning_rate: 0.05, dropout: 0, epochs: 20}
        bootstrap: {resamples: 200}
        references: [icl_other, icl_reordered]
        factors:
          - {id: F1, title: label correctness, tag: known, levels: [{id: wrong, demonstrations: {labels: wrong}}]}
          - {id: F4, title: number, tag: known, base: {id: k2, value: 2}, levels: [{id: k1, value: 1, demonstrations: {count: 1}}, {id: k4, value: 4, demonstrations: {count: 4}}]}
        """;

    private readonly ReportFolder _report = new();

    public HandSetStudy(params IReadOnlyList<BlockPlan> blocks)
    {
        HandSetModel.Write(Path.Combine(Folder, "model"), blocks);
        File.WriteAllText(Path.Combine(Folder, "study.yaml"), Study);
        File.WriteAllText(Path.Combine(Folder, "shown.tsv"), "text\tlabel\n" + string.Concat("qrstuvwx".Select((last, i) => $"c{last}\t{i % 2}\n")));
        File.WriteAllText(Path.Combine(Folder, "asked.tsv"), "text\tlabel\n" + string.Concat("hijklmno".Select((last, i) => $"c{last}\t{i % 2}\n")));
        var spec = StudySpec.Load(Path.Combine(Folder, "study.yaml"));
        StudyRunner.Run(StudyPlan.Create(spec), Folder, new RunOptions { Threads = 1 });
        var output = StudyOutput.Open(Folder);
        var options = new ResultOptions { Study = spec.Name, Bootstrap = new() { Resamples = spec.Bootstrap.Resamples, Seed = spec.Seed } };
        var design = StudyDesign.Of(spec);
        Results = StudyReport.Write(Folder, output.Units(), JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "manifest.json")))!, new ReportOptions
        {
            Results = options,
            Factors = spec.Factors,
            Design = design,
            Study = spec,
            PlannedUnits = output.Manifest.Units.Count,
        });
        Claims = ClaimTable.Of(Results, design, options.Bootstrap);
        Layers = blocks.Count;
    }

    public StudyResults Results { get; }

    public IReadOnlyList<ClaimFinding> Claims { get; }

    /// <summary>The page and the figures.</summary>
    public ReportFolder Report => _report;

    private string Folder => _report.Path;

    private int Layers { get; }

    /// <summary>The claims that are decided, as <c>P1 supported</c>.</summary>
    public IReadOnlyList<string> Decided => [.. Claims.Where(finding => finding.Verdict != ClaimVerdict.Inconclusive).Select(finding => $"{finding.Claim.Id} {finding.Verdict.ToString().ToLowerInvariant()}")];

    /// <summary>A metric's mean after the final norm.</summary>
    public double? Headline(string pair, string metric = MetricNames.Cosine) => Results[new SeriesKey(Own, Layers, Taps.FinalNorm, pair, metric)].Estimate.Mean;

    /// <summary>A metric's mean after a block.</summary>
    public double? After(int block, string pair, string metric = MetricNames.Cosine) => Results[new SeriesKey(Own, block, Taps.ResidPost, pair, metric)].Estimate.Mean;

    /// <summary>The verdicts of the page's table of claims, by claim.</summary>
    public IReadOnlyDictionary<string, string> Verdicts => Report.Page.Descendants("section").Single(section => (string?)section.Attribute("id") == "claims").Descendants("tbody").First().Elements("tr")
        .ToDictionary(row => row.Element("th")!.Value, row => row.Elements("td").ElementAt(1).Value);

    public void Dispose() => _report.Dispose();

    /// <summary>The mean cosine of ICL and IT after the final norm at a factor's level.</summary>
    public double? At(string factor, string level) => Results[new SeriesKey(Own with { Factor = factor, Level = level }, Layers, Taps.FinalNorm, "icl-it", MetricNames.Cosine)].Estimate.Mean;

    private static StudyGroup Own { get; } = new("hand", "words", "base", "base");
}
