using System.Text.Json.Nodes;
using System.Xml.Linq;
using Converge.Engine;

namespace Converge.Tests;

public sealed class PageTests : IDisposable
{
    private const string Hostile = "<script>alert(1)</script> \"q\" 'a' & \0\u0007 </title></style></pre> ]]> --> \u202Eevil\u202C \u05E9\u05DC \uD800";
    private readonly ReportFolder _report = new();

    public void Dispose() => _report.Dispose();

    [Fact]
    public void The_page_needs_nothing_but_itself()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        var page = _report.Page;
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "iframe" or "img" or "object" or "embed" or "base");
        Assert.Equal(["data:,"], page.Descendants("link").Select(link => (string)link.Attribute("href")!));
        Assert.All(page.Descendants("a"), link => Assert.Matches("^(#|data:)", (string)link.Attribute("href")!));
        Assert.DoesNotMatch("https?://|url\\(|@import|@font-face", _report.Html);
        Assert.Contains("default-src 'none'", (string)page.Descendants("meta").First(meta => meta.Attribute("http-equiv") is not null).Attribute("content")!);
    }

    [Fact]
    public void Links_lead_somewhere_and_ids_are_unique()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 6).Concat(PlantedUnits.Runs(PlantedUnits.OppositeDirections, 6).Select(unit => unit with { Key = unit.Key with { Factor = "k", Level = "8" } })));
        string[] ids = [.. _report.Page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(_report.Page.Descendants("a").Where(link => link.Attribute("download") is null), link => Assert.Contains(((string)link.Attribute("href")!)[1..], ids));
        Assert.All(_report.Page.Descendants().Attributes("aria-labelledby"), label => Assert.All(label.Value.Split(' '), id => Assert.Contains(id, ids)));
    }

    [Fact]
    public void Tables_have_captions_and_scopes_figures_captions_and_drawings_descriptions()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        var page = _report.Page;
        Assert.NotEmpty(page.Descendants("table"));
        Assert.All(page.Descendants("table"), table => Assert.NotEqual("", table.Element("caption")!.Value));
        Assert.All(page.Descendants("th"), head => Assert.Contains((string)head.Attribute("scope")!, (string[])["col", "row"]));
        Assert.Equal(5, page.Descendants("figure").Count());
        Assert.All(page.Descendants("figure"), figure => Assert.NotEqual("", figure.Element("figcaption")!.Value));
        Assert.Equal(9, page.Descendants("svg").Count());
        Assert.All(page.Descendants("svg"), svg => Assert.True(svg.Element("desc")!.Value.Length > 10 && (string)svg.Attribute("role")! == "img"));
        int[] levels = [.. page.Descendants().Where(element => element.Name.LocalName is ['h', >= '1' and <= '6']).Select(heading => heading.Name.LocalName[1] - '0')];
        Assert.Equal(1, levels.Count(level => level == 1));
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1, "a heading level is skipped"));
    }

    [Fact]
    public void Hostile_text_is_shown_as_text_wherever_it_comes_from()
    {
        var units = Enumerable.Range(0, 2).Select(run => PlantedUnits.Unit(PlantedUnits.IclEqualsIt, run, task: Hostile, model: Hostile, text: Hostile, labels: [Hostile, "b"]) with
        {
            Instruction = Hostile,
            Demonstrations = [Hostile],
        });
        _report.Write(units, new JsonObject { [Hostile] = Hostile, ["models"] = new JsonArray(new JsonObject { ["model_note"] = Hostile }) }, study: Hostile, pieceOf: (_, _) => Hostile);
        var page = _report.Page;
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.Single(page.Descendants("title"), title => title.Parent!.Name == "head");
        Assert.DoesNotMatch("[\u0000-\u0008\u000B-\u001F\u202A-\u202E\u2066-\u2069\uD800]", _report.Html);
        Assert.Contains("<script>alert(1)</script> \"q\" 'a' & ␀␇ </title></style></pre> ]]> --> [U+202E]evil[U+202C] \u05E9\u05DC \uFFFD", page.Descendants("pre").First().Value);
        Assert.Contains(_report.Banners, banner => banner.StartsWith("About the model: <script>", StringComparison.Ordinal));
        foreach (var name in (string[])["distribution", "layers", "accuracy", "loss"]) Assert.DoesNotContain(_report.Figure(name).Descendants(), element => element.Name.LocalName == "script");
    }

    [Fact]
    public void Prompts_show_every_condition_with_text_token_ids_and_pieces()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 6), pieceOf: (model, token) => token == 17 ? $"{model}/seventeen" : null);
        var runs = _report.Page.Descendants("details").Where(details => details.Element("summary")!.Value.StartsWith("Run ", StringComparison.Ordinal)).ToList();
        Assert.Equal(["Run 0", "Run 1", "Run 2"], runs.Select(run => run.Element("summary")!.Value));
        Assert.Equal(
            ["anchor q0-0: A film. Sentiment:", "icl q0-0: A film. Sentiment:", "it q0-0: A film. Sentiment:"],
            runs[0].Elements("pre").Select(pre => pre.Value));
        var tokens = runs[0].Elements("details").Skip(1).First().Descendants("li").ToList();
        Assert.Equal(["1", "17", "5"], tokens.Select(token => token.Element("span")!.Value));
        Assert.Equal("planted/seventeen", tokens[1].Element("bdi")!.Value);
        // The planted tuning rows have four tokens with the loss on the last.
        Assert.Equal(["7", "10"], runs[0].Descendants("li").Where(token => (string?)token.Attribute("class") == "target").Select(token => token.Element("span")!.Value));
    }

    [Fact]
    public void A_note_on_the_model_and_missing_units_are_banners()
    {
        const string Note = "The weights are random.";
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 6), JsonNode.Parse($$"""{"models": [{"id": "a", "model_note": "{{Note}}"}, {"id": "b", "model_note": "{{Note}}"}]}"""), planned: 30);
        Assert.Equal(["About the model: " + Note, "Incomplete: 6 of 30 planned units are finished. Run the study again to compute the rest."], _report.Banners);
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 6), planned: 6);
        Assert.Empty(_report.Banners);
    }

    [Fact]
    public void The_manifest_is_there_as_settings_and_as_json()
    {
        var manifest = JsonNode.Parse($$"""{"tuning": {"rank": 8, "targets": ["q_proj", "v_proj"]}, "data": [{"path": "ž.tsv", "rows": 872}], "none": null, "seeds": [{{string.Join(", ", Enumerable.Range(0, 17))}}], "units": [{"digest": "ab"}, {"digest": "cd"}]}""")!;
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 5), manifest);
        var section = _report.Page.Descendants("section").Single(section => (string?)section.Attribute("id") == "manifest");
        Assert.Equal(
            ["tuning.rank=8", "tuning.targets=q_proj, v_proj", "data[0].path=ž.tsv", "data[0].rows=872", "none=null", "seeds=17 entries, in the JSON below", "units=2 units, see manifest.json"],
            section.Descendants("tbody").Single().Elements("tr").Select(row => $"{row.Element("th")!.Value}={row.Element("td")!.Value}"));
        manifest["units"] = "2 units, see manifest.json";
        Assert.True(JsonNode.DeepEquals(manifest, JsonNode.Parse(section.Descendants("pre").Single().Value)));
    }

    [Fact]
    public void Building_again_gives_the_same_bytes_and_other_units_give_others()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.OppositeDirections));
        var before = Contents();
        Assert.Equal(5 + 5 + 4 + 1, before.Count);
        _report.Write(PlantedUnits.Runs(PlantedUnits.OppositeDirections));
        Assert.Equal(before, Contents());
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        Assert.NotEqual(before, Contents());
    }

    [Fact]
    public void Without_a_finished_unit_nothing_is_written()
    {
        Assert.Throws<BadInputException>(() => _report.Write([]));
        Assert.Empty(Contents());
    }

    [Fact]
    public void Several_groups_have_an_overview_and_figures_of_their_own()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt, 6).Concat(PlantedUnits.Runs(PlantedUnits.OppositeDirections, 6).Select(unit => unit with { Key = unit.Key with { Task = "topic" } })));
        var overview = _report.Page.Descendants("table").First();
        Assert.Equal(
            ["planted, sentiment Yes", "planted, topic No"],
            overview.Element("tbody")!.Elements("tr").Select(row => $"{row.Element("th")!.Value} {row.Elements("td").First().Value}"));
        Assert.Equal(
            ["accuracy-01.svg", "accuracy-02.svg", "comparison-01.svg", "comparison-02.svg", "distribution-01.svg", "distribution-02.svg", "layers-01.svg", "layers-02.svg", "loss-01.svg", "loss-02.svg"],
            Directory.GetFiles(Path.Combine(_report.Path, "figures"), "*.svg").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_tables_numbers_are_those_of_the_summary()
    {
        var results = _report.Write(PlantedUnits.Runs(PlantedUnits.OnlyLayer3Converges));
        var row = _report.Page.Descendants("tr").Single(row => row.Element("th")?.Value == "cosine, ICL–IT less anchor–IT").Elements("td").Select(cell => cell.Value).ToList();
        var estimate = results[new(results.Groups[0].Group, PlantedUnits.Layers, "final_norm", "icl-it_minus_anchor-it", "cosine")].Estimate;
        string Text(double value) => (value < 0 ? "−" : "") + Math.Abs(value).ToString("F3", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal([Text(estimate.Mean!.Value), Text(estimate.Sd!.Value), $"[{Text(estimate.Interval!.Value.Low)}, {Text(estimate.Interval.Value.High)}]", "8", "64", "0"], row);
    }

    private SortedDictionary<string, string> Contents() =>
        new(Directory.GetFiles(_report.Path, "*", SearchOption.AllDirectories).ToDictionary(path => path, path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))));
}
