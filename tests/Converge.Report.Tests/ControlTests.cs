using System.Globalization;
using Converge.Studies.Claims;
using Converge.Studies.Conditions;
using Converge.Studies.Run;
using Converge.Studies.Spec;

namespace Converge.Tests;

/// <summary>
/// Controls that were planted: ICL equals IT, in the untrained copy and on random tokens they part in opposite directions, tuned on other data ICL is the
/// anchor, and ICL's reference with other demonstrations is IT.
/// </summary>
public sealed class ControlTests : IDisposable
{
    private static readonly StudyDesign s_design = new()
    {
        Models = ["planted"],
        Tasks = ["sentiment"],
        Untrained = new Dictionary<string, string> { ["planted"] = "blank" },
        UnrelatedTuning = [new DesignLevel("C4", "shuffled"), new DesignLevel("C4", "elsewhere")],
        RandomContext = [new DesignLevel("C5", "random")],
    };

    private readonly ReportFolder _report = new();

    public void Dispose() => _report.Dispose();

    [Fact]
    public void The_first_screen_holds_icl_it_against_every_control_and_says_where_it_stands()
    {
        Write();
        string[][] rows = [.. Card().Descendants("tbody").Single().Elements("tr").Select(row => row.Elements().Select(cell => cell.Value).ToArray())];
        Assert.Equal(
            ["anchor–ICL", "anchor–IT", "C1: different queries", "C2: untrained model", "C3: ICL–ICL, other demonstrations", "C4: IT on unrelated data, shuffled", "C4: IT on unrelated data, elsewhere", "C5: ICL on random tokens"],
            rows.Select(row => row[0]));
        Assert.Equal(["[known]", "[known]", .. Enumerable.Repeat("[ours]", 6)], rows.Select(row => row[1]));
        // ICL-IT is 1, so that every difference is what is left to 1.
        var csv = _report.Csv("comparison-01");
        foreach (var (row, line) in rows.Zip(csv.Skip(1)))
            Assert.Equal(1 - Number(line["mean"]), double.Parse(row[3].Split(' ')[0].TrimStart('+'), CultureInfo.InvariantCulture), 5e-4);
        Assert.Equal("+0.000 [0.000, 0.000]", rows[4][3]);
        Assert.Equal("Against its controls, ICL–IT is above C1 other queries, C2 untrained, C4 shuffled, C4 elsewhere and C5 random context; not told apart from C3 other demos.",
            Card().Descendants("p").Single(p => (string?)p.Attribute("class") == "against").Value);
    }

    [Fact]
    public void A_control_that_icl_it_does_not_reach_is_below_it()
    {
        _report.Write([.. PlantedUnits.Runs(PlantedUnits.OppositeDirections), .. Level(PlantedUnits.IclEqualsIt, "C5", "random")], design: s_design);
        Assert.Contains("below C1 other queries and C5 random context", Card().Value);
    }

    [Fact]
    public void Figures_draw_them_and_carry_them_in_their_csv()
    {
        Write([Factor("F4", "four")]);
        var four = _report.Csv("factor-01").Where(row => row["metric"] is "cosine" or "anisotropy").ToList();
        // Those of the level's own runs at both levels, the others once.
        Assert.Equal(
            ["C1 other queries base", "C1 other queries four", "C2 untrained base", "C3 other demos base", "C3 other demos four", "C4 shuffled shuffled", "C5 random context random"],
            four.Where(row => row["series"][0] == 'C').Select(row => $"{row["series"]} {row["level"]}").Order(StringComparer.Ordinal));
        Assert.All(four, row => Assert.Equal(row["series"][0] == 'C' ? "ours" : "known", row["standing"]));
        Assert.Contains("C5 random context", _report.Description("factor-01"));
        Assert.Contains(_report.Texts("factor-01"), text => text is "C4 shuffled");
        Assert.Contains(_report.Texts("layers-01"), text => text is "C5 random context");
        var layers = _report.Csv("layers-01").Where(row => row["series"] == "C2 untrained" && row["metric"] == "cosine").ToList();
        Assert.Equal(PlantedUnits.Layers + 2, layers.Count);
        Assert.All(layers, row => Assert.Equal("blank", row["model"]));
        // The last of a curve is the headline.
        Assert.Equal(Number(layers[^1]["mean"]), Number(_report.Csv("comparison-01").Single(row => row["series"] == "C2 untrained")["mean"]));
        Assert.Contains(_report.Csv("distribution-01"), row => row["series"] == "C7 random shift" && row["metric"] == "shift_cosine");
    }

    [Fact]
    public void A_factor_that_is_a_control_does_not_draw_itself_across_its_levels()
    {
        Write([Factor("C5", "random")]);
        Assert.DoesNotContain(_report.Csv("factor-01"), row => row["series"].StartsWith("C5", StringComparison.Ordinal));
        Assert.Contains(_report.Csv("factor-01"), row => row["series"] == "C4 shuffled");
    }

    [Fact]
    public void An_untrained_copy_is_a_control_and_has_no_answer_of_its_own()
    {
        Write();
        Assert.Single(_report.Page.Descendants("article"));
        Assert.Single(_report.Page.Descendants("p"), p => (string?)p.Attribute("class") == "verdict");
        Assert.Contains(_report.Page.Descendants("h2"), head => head.Value == "blank, sentiment (control C2)");
        Assert.DoesNotContain("Controls that this study does not have", _report.Html);
    }

    [Fact]
    public void What_is_missing_is_said_once()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt), design: new StudyDesign { Models = ["planted"], Tasks = ["sentiment"] });
        var note = _report.Page.Descendants("p").Single(p => p.Value.StartsWith("Controls that this study does not have", StringComparison.Ordinal)).Value;
        Assert.Contains("C2 (the untrained model), C3 (ICL against ICL), C4 (tuning on unrelated data) and C5 (a context of random tokens)", note);
        Assert.DoesNotContain("C4", _report.Description("layers"));
    }

    [Fact]
    public void Two_checkpoints_are_drawn_by_size_each_with_its_own_controls()
    {
        var design = new StudyDesign { Models = ["planted", "large", "large-chat"], Tasks = ["sentiment"], Chat = ["large-chat"], Untrained = new Dictionary<string, string> { ["planted"] = "blank" } };
        _report.Write(
            [.. At("large-chat", PlantedUnits.ItDoesNothing), .. At("large", PlantedUnits.OppositeDirections), .. PlantedUnits.Runs(PlantedUnits.IclEqualsIt), .. At("blank", PlantedUnits.OppositeDirections)],
            design: design, parameters: new Dictionary<string, long> { ["planted"] = 1_200_000, ["large"] = 6_738_000_000, ["large-chat"] = 6_738_000_000, ["blank"] = 1_200_000 });
        var description = _report.Description("checkpoints-01");
        int[] places = [.. new[] { "planted: ICL–IT 1.000", "large: ICL–IT", "large-chat: ICL–IT" }.Select(model => description.IndexOf(model, StringComparison.Ordinal))];
        Assert.True(places[0] >= 0 && places.SequenceEqual(places.Order()), description);
        Assert.Contains("1.2 M", _report.Texts("checkpoints-01"));
        Assert.Contains("6.7 B", _report.Texts("checkpoints-01"));
        Assert.Equal(["large", "large-chat", "planted"], _report.Csv("checkpoints-01").Where(row => row["series"] == "C1 other queries").Select(row => row["model"]).Order(StringComparer.Ordinal));
        // A control of one checkpoint is not drawn for the others.
        Assert.Equal(["blank"], _report.Csv("checkpoints-01").Where(row => row["series"] == "C2 untrained" && row["metric"] == "cosine").Select(row => row["model"]));
        // One of three marks of a pair is hollow.
        Assert.Equal(3 * 3, _report.Figure("checkpoints-01").Descendants().Count(mark => ((string?)mark.Attribute("class") ?? "").EndsWith("hollow", StringComparison.Ordinal)));
        Assert.Contains("F7, F8: model size, base and chat [assumed] sentiment", _report.Page.Descendants("h3").Select(head => head.Value));
    }

    [Fact]
    public void One_checkpoint_alone_has_no_such_figure()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt), parameters: new Dictionary<string, long> { ["planted"] = 1000 });
        Assert.DoesNotContain("checkpoints", _report.Html);
    }

    private void Write(IReadOnlyList<FactorSpec>? factors = null) => _report.Write(
        [
            .. PlantedUnits.Runs(PlantedUnits.IclEqualsIt).Select(WithReference), .. At("blank", PlantedUnits.OppositeDirections), .. Level(PlantedUnits.ItDoesNothing, "C4", "shuffled"),
            .. Level(PlantedUnits.OppositeDirections, "C4", "elsewhere"), .. Level(PlantedUnits.OppositeDirections, "C5", "random"), .. Level(PlantedUnits.IclEqualsIt, "F4", "four").Select(WithReference),
        ], design: s_design, factors: factors);

    // ICL with other demonstrations leaves what IT leaves.
    private static UnitRecord WithReference(UnitRecord unit) => unit with { States = new Dictionary<Condition, ConditionStates>(unit.States) { [Condition.IclOther] = unit.States[Condition.It] } };

    private static IEnumerable<UnitRecord> At(string model, PlantedUnits.StateRule rule) => Enumerable.Range(0, 8).Select(run => PlantedUnits.Unit(rule, run, model: model));

    private static IEnumerable<UnitRecord> Level(PlantedUnits.StateRule rule, string factor, string level) => Enumerable.Range(0, 8).Select(run => PlantedUnits.Unit(rule, run, factor: factor, level: level));

    private System.Xml.Linq.XElement Card() => _report.Page.Descendants("article").First();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static FactorSpec Factor(string id, string level) => new()
    {
        Id = id,
        Title = "a factor",
        Tag = Standing.Known,
        Note = "",
        Base = new BasePoint("own"),
        Models = ["planted"],
        Tasks = ["sentiment"],
        Levels = [new LevelSpec { Id = level, Tag = Standing.Assumed, Note = "", Settings = null! }],
    };
}
