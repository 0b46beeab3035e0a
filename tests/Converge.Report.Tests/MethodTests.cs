using System.Text;
using System.Text.Json.Nodes;
using Converge.Studies.Spec;

namespace Converge.Tests;

/// <summary>The methods as text to paste, and where every value comes from.</summary>
public sealed class MethodTests : IDisposable
{
    private const string Yaml = """
        name: small
        seed: 9
        models: [{id: pocket, path: model}]
        tasks:
          - name: reviews
            version: 2
            kind: classification
            data: {demonstrations: a.tsv, queries: b.tsv, columns: {text: text, label: label}}
            labels: {bad: negative, good: positive}
            instructions: [One., Two.]
            template: {query: "Review: {text}\nSentiment:", answer: " {label}"}
          - name: lexicon
            version: 1
            kind: translation
            data: {demonstrations: c.tsv, queries: d.tsv, columns: {text: text, target: target}}
            instructions: [One.]
            template: {query: "English: {text}\nVelnish:", answer: " {target}"}
        runs: 30
        queries: 16
        demonstrations: {count: 1}
        tuning: {rank: 8, alpha: 32, dropout: 0.05, learning_rate: 1e-3, epochs: 10}
        standing: {runs: known, tuning.method: known, tuning.targets: known, tasks: assumed, demonstrations.count: assumed, tuning.rank: assumed, tuning.learning_rate: ours}
        factors:
          - {id: F1, title: label correctness, tag: known, base: {id: gold}, levels: [{id: wrong, demonstrations: {labels: wrong}}]}
          - {id: F4, title: number of demonstrations, tag: known, base: {id: k1}, levels: [{id: k4, demonstrations: {count: 4}}]}
        """;

    private readonly ReportFolder _report = new();

    public void Dispose() => _report.Dispose();

    [Fact]
    public void The_text_says_what_the_study_does()
    {
        var text = TextOf();
        foreach (var part in (string[])
            [
                "as Duan et al. (2023) did", "The model was pocket (5 layers of width 12, 1,234,567 parameters).", "The tasks were reviews (version 2; labels 'negative', 'positive'; 2 instructions) and lexicon (version 1; every text has a target of its own; 1 instruction).",
                "There were 30 runs for every model and task (8 finished). Each drew an instruction, 1 demonstration (drawn at random) and 16 queries; no query was among the demonstrations.",
                "a fresh LoRA adapter for every run (rank 8, alpha 32, dropout 0.05) on q_proj and v_proj, on the run's demonstrations: 10 epochs in batches of 1, AdamW at the constant learning rate 0.001 with weight decay 0, "
                    + "cross-entropy on the answer's tokens only, in float32.",
                "States were taken at the last token of the prompt", "F1, label correctness (gold, wrong); F4, number of demonstrations (k1, k4).", "95 % studentised bootstrap intervals clustered on runs (500 resamples)",
                "under the seed 9. Computed with Converge 1.2.3+abc, study 'small'.", "arXiv:2311.10367",
            ])
            Assert.Contains(part, text);
    }

    [Fact]
    public void Assumed_settings_are_never_said_to_be_the_papers()
    {
        var paragraph = TextOf().Split("\n\n").Single(paragraph => paragraph.StartsWith("Of the settings", StringComparison.Ordinal));
        string[] parts = paragraph.Split(';');
        Assert.Contains("runs, tuning.method and tuning.targets", parts[0]);
        Assert.DoesNotContain("rank", parts[0]);
        Assert.StartsWith(" assumed, since they do not: tasks, demonstrations.count", parts[1]);
        Assert.Contains("tuning.rank", parts[1]);
    }

    [Fact]
    public void Another_study_gives_another_text()
    {
        var text = TextOf("standing={}", "demonstrations.count=4", "tuning.method=full", "tuning.loss=sequence", "demonstrations.selection=nearest", "position=query_mean", "metrics=[generation, order]", "compute=bf16", "demonstrations.balance=true", "tasks.0.template.instruction_in_icl=false");
        foreach (var part in (string[])
            [
                "4 demonstrations (nearest to the queries by TF-IDF)", "Tuned was all weights, anew for every run", "every token but the first", "the tokens of the query, averaged",
                "compared with the targets by chrF and BLEU. Measured as well: sensitivity to ten orders", "in bfloat16 products with float32 sums",
                "(in some tasks without the instruction)",
            ])
            Assert.Contains(part, text);
        Assert.DoesNotContain("LoRA", text);
        Assert.DoesNotContain("Of the settings", text);
    }

    [Fact]
    public void It_can_be_copied_and_saved_without_a_script()
    {
        var text = TextOf();
        var link = _report.Page.Descendants("a").Single(link => (string?)link.Attribute("download") == "methods.txt");
        Assert.Equal(text + "\n", Encoding.UTF8.GetString(Convert.FromBase64String(((string)link.Attribute("href")!).Split(',')[1])));
        Assert.Contains("pre.prose{", _report.Html);
        Assert.Contains("user-select:all", _report.Html);
        Assert.Equal("0", (string?)_report.Page.Descendants("pre").Single(pre => (string?)pre.Attribute("class") == "prose").Attribute("tabindex"));
    }

    [Fact]
    public void Every_setting_stands_beside_its_standing()
    {
        TextOf();
        var rows = _report.Page.Descendants("table").Single(table => table.Element("caption")!.Value.StartsWith("The study's own settings", StringComparison.Ordinal)).Element("tbody")!.Elements("tr")
            .ToDictionary(row => row.Element("th")!.Value, row => string.Join(' ', row.Elements("td").Select(cell => cell.Value)));
        Assert.Equal("q_proj, v_proj [known]", rows["tuning.targets"]);
        Assert.Equal("8 [assumed]", rows["tuning.rank"]);
        Assert.Equal("0.001 [ours]", rows["tuning.learning_rate"]);
        Assert.Equal("0 ", rows["tuning.weight_decay"]);
        var spec = Study();
        Assert.All(spec.Standing, entry => Assert.EndsWith($"[{entry.Value.ToString().ToLowerInvariant()}]", rows[entry.Key]));
    }

    [Fact]
    public void A_factors_base_has_the_standing_of_what_its_levels_change()
    {
        var spec = Study();
        Assert.Equal(Standing.Assumed, Report.Standings.OfBase(spec, spec.Factors.Single(factor => factor.Id == "F4")));
        Assert.Null(Report.Standings.OfBase(spec, spec.Factors.Single(factor => factor.Id == "F1")));
    }

    [Fact]
    public void A_hostile_name_stays_text()
    {
        const string Hostile = "</pre><script>alert(1)</script>";
        var spec = Study();
        Write(spec with { Factors = [spec.Factors[0] with { Title = Hostile }] });
        Assert.Empty(_report.Page.Descendants("script"));
        Assert.Contains(Hostile, _report.Page.Descendants("pre").Single(pre => (string?)pre.Attribute("class") == "prose").Value);
    }

    [Fact]
    public void The_keyboard_can_skip_to_the_answer_first()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        var first = _report.Page.Element("body")!.Descendants().First(element => element.Name == "a" || element.Attribute("tabindex") is not null || element.Name == "summary");
        Assert.Equal("#answer", (string?)first.Attribute("href"));
        Assert.Contains(":focus-visible", _report.Html);
    }

    [Fact]
    public void Every_figure_and_remark_carries_a_tag()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        Assert.All(_report.Page.Descendants("figure"), figure => Assert.Matches(@"\[(known|assumed|ours)\]", figure.Value));
        Assert.All(_report.Page.Descendants("dl").Single(list => (string?)list.Attribute("class") == "remarks").Descendants("dt"), topic => Assert.Matches(@"\[(known|assumed|ours)\]$", topic.Value));
        foreach (var name in (string[])["distribution", "layers"])
            Assert.Equal(["Cosine [known]", "Centred cosine [ours]", "Shift cosine [ours]"], _report.Texts(name).Where(text => text.EndsWith(']') && text.Contains("osine [", StringComparison.Ordinal)));
    }

    private string TextOf(params string[] changes)
    {
        Write(Study(changes));
        return _report.Page.Descendants("pre").Single(pre => (string?)pre.Attribute("class") == "prose").Value;
    }

    private void Write(StudySpec spec) => _report.Write(
        Enumerable.Range(0, 8).Select(run => PlantedUnits.Unit(PlantedUnits.IclEqualsIt, run, model: "pocket", task: "reviews")), new JsonObject { ["code_version"] = "1.2.3+abc" },
        resamples: 500, spec: spec, parameters: new Dictionary<string, long> { ["pocket"] = 1_234_567 });

    private StudySpec Study(params string[] changes)
    {
        var file = Path.Combine(_report.Path, "study.yaml");
        File.WriteAllText(file, Yaml);
        return StudySpec.Load(file, changes);
    }
}
