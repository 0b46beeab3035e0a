using System.Xml.Linq;
using Converge.Studies.Conditions;
using Converge.Studies.Run;

namespace Converge.Tests;

/// <summary>The report of tasks without labels, whose answers have a likelihood and no accuracy.</summary>
public sealed class LikelihoodTests : IDisposable
{
    private readonly ReportFolder _report = new();

    public void Dispose() => _report.Dispose();

    // References have 1 to 3 tokens; each of them gets these nats.
    private static IEnumerable<UnitRecord> Units(double anchor, double icl, double it, int runs = 8) => Enumerable.Range(0, runs).Select(run => PlantedUnits.Translation(PlantedUnits.OppositeDirections, run,
        (condition, query) => (1 + query % 3) * (condition switch { Condition.Anchor => anchor, Condition.Icl => icl, _ => it })));

    [Fact]
    public void The_first_screen_gives_likelihoods_in_the_place_of_accuracy()
    {
        _report.Write(Units(-4, -2.5, -3));
        Assert.StartsWith("There are no labels, so likelihood stands in place of accuracy. Mean log-probability of a token of the reference, in nats: "
            + "anchor \u22124.000 [\u22124.000, \u22124.000], ICL \u22122.500 [\u22122.500, \u22122.500], IT \u22123.000 [\u22123.000, \u22123.000]; ICL less anchor +1.500 [1.500, 1.500], IT less anchor +1.000 [1.000, 1.000].",
            _report.Remark("The task itself"));
        Assert.EndsWith("Both make the reference likelier than the anchor does.", _report.Remark("The task itself"));
        Assert.StartsWith("No. Both stay closer to the anchor", _report.Verdict);
    }

    [Theory]
    [InlineData(-5, -3, "Only IT makes the reference clearly likelier than the anchor does.")]
    [InlineData(-3, -5, "Only ICL makes the reference clearly likelier than the anchor does.")]
    [InlineData(-4, -5, "it shows what the prompts and the tuning do to them.")]
    public void What_does_not_help_is_said(double icl, double it, string expected)
    {
        _report.Write(Units(-4, icl, it));
        Assert.EndsWith(expected, _report.Remark("The task itself"));
    }

    [Fact]
    public void Few_runs_decide_nothing()
    {
        _report.Write(Units(-4, -2, -3, runs: 2));
        Assert.EndsWith("IT less anchor +1.000.", _report.Remark("The task itself"));
    }

    [Fact]
    public void Nothing_of_labels_is_left_on_the_page_or_among_the_figures()
    {
        _report.Write(Units(-4, -2.5, -3));
        string[] heads = [.. _report.Page.Descendants("tr").Select(row => row.Element("th")!.Value)];
        Assert.DoesNotContain(heads, head => head.Contains("accuracy", StringComparison.Ordinal) || head.Contains("same label", StringComparison.Ordinal));
        Assert.DoesNotContain("gold label", _report.Html);
        Assert.DoesNotContain("guessing", _report.Html);
        Assert.Equal(["comparison.svg", "distribution.svg", "layers.svg", "likelihood.svg", "loss.svg"], Directory.GetFiles(Path.Combine(_report.Path, "figures"), "*.svg").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["likelihood.csv", "similarity.csv", "summary.csv", "tuning.csv"], Directory.GetFiles(Path.Combine(_report.Path, "tables")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var method = _report.Page.Descendants("section").Single(section => (string?)section.Attribute("id") == "method").Value;
        Assert.Contains("has no labels, and so neither accuracy nor agreement of labels", method);
        Assert.DoesNotContain("the most probable is the prediction", method);
    }

    [Fact]
    public void The_table_has_every_likelihood_worked_by_hand()
    {
        _report.Write(Units(-4, -2.5, -3));
        Assert.Equal(["\u22122.500", "0.000", "[\u22122.500, \u22122.500]", "8", "64", "0"], Row("log-likelihood, ICL"));
        Assert.Equal(["0.500", "0.000", "[0.500, 0.500]", "8", "64", "0"], Row("log-likelihood, ICL less IT"));
        Assert.Equal("1.000", Row("log-likelihood, IT less anchor")[0]);
        // exp(4), exp(3); and 15 tokens of 4 nats over 31 bytes.
        Assert.Equal("54.598", Row("perplexity, anchor")[0]);
        Assert.Equal("20.086", Row("perplexity, IT")[0]);
        Assert.Equal((60 / (31 * Math.Log(2))).ToString("F3", System.Globalization.CultureInfo.InvariantCulture), Row("bits per byte, anchor")[0]);
    }

    [Fact]
    public void The_figure_shows_every_run_below_zero()
    {
        _report.Write(Enumerable.Range(0, 8).Select(run => PlantedUnits.Translation(PlantedUnits.IclEqualsIt, run, (condition, query) => -(1 + query % 3) * (1 + (int)condition + 0.1 * run))));
        Assert.StartsWith("Log-likelihood of the reference: anchor: \u22121.350 [", _report.Description("likelihood"));
        XNamespace svg = "http://www.w3.org/2000/svg";
        var marks = _report.Figure("likelihood").Descendants().Where(mark => mark.Attribute("class") is not null).Where(mark => ((string)mark.Attribute("class")!).Contains("dot", StringComparison.Ordinal)).ToList();
        Assert.Equal(24, marks.Count);
        var ticks = _report.Figure("likelihood").Descendants(svg + "text").Where(text => (string?)text.Attribute("class") == "tick").Select(text => text.Value).ToList();
        Assert.All(ticks, tick => Assert.True(tick.StartsWith('\u2212') || tick.Trim('0', '.').Length == 0, tick));
        Assert.DoesNotContain(_report.Texts("likelihood"), text => text.Contains("guessing", StringComparison.Ordinal));
    }

    [Fact]
    public void Prompts_are_shown_with_their_reference()
    {
        _report.Write(Units(-4, -2, -3));
        Assert.Equal(["anchor, query q0-0, reference ř", "ICL, query q0-0, reference ř", "IT, query q0-0, reference ř"], _report.Page.Descendants("h4").Take(3).Select(head => head.Value));
    }

    [Fact]
    public void A_mixed_study_gives_each_task_its_own()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt).Concat(Units(-4, -2, -3)));
        Assert.Equal(["accuracy-01.svg", "comparison-01.svg", "comparison-02.svg", "distribution-01.svg", "distribution-02.svg", "layers-01.svg", "layers-02.svg", "likelihood-02.svg", "loss-01.svg", "loss-02.svg"],
            Directory.GetFiles(Path.Combine(_report.Path, "figures"), "*.svg").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["planted, sentiment Yes", "planted, lexicon No"],
            _report.Page.Descendants("table").First().Element("tbody")!.Elements("tr").Select(row => $"{row.Element("th")!.Value} {row.Elements("td").First().Value}"));
        Assert.Contains("the most probable is the prediction", _report.Html);
        Assert.Contains("has no labels, and so neither accuracy nor agreement of labels", _report.Html);
        Assert.Equal("1.000", Row("accuracy, ICL")[0]);
        Assert.Equal("\u22122.000", Row("log-likelihood, ICL")[0]);
    }

    [Fact]
    public void An_undefined_likelihood_is_counted_and_never_zero()
    {
        _report.Write(Enumerable.Range(0, 6).Select(run => PlantedUnits.Translation(PlantedUnits.IclEqualsIt, run, (condition, query) => condition == Condition.It ? double.NaN : query == 0 ? double.NegativeInfinity : -1 - query % 3)));
        Assert.Equal(["\u22121.000", "0.000", "[\u22121.000, \u22121.000]", "6", "42", "6"], Row("log-likelihood, ICL"));
        Assert.Equal(["\u2013", "\u2013", "\u2013", "0", "0", "48"], Row("log-likelihood, IT"));
        Assert.Contains("undefined for all 48 values", _report.Texts("likelihood"));
        Assert.Contains("IT less anchor undefined.", _report.Remark("The task itself"));
        Assert.All(Directory.GetFiles(_report.Path, "*", SearchOption.AllDirectories), file => Assert.DoesNotMatch("(?i)\\bnan\\b|infinity|∞", File.ReadAllText(file)));
    }

    private string[] Row(string head) =>
        [.. _report.Page.Descendants("tr").Single(row => row.Element("th")!.Value == head).Elements("td").Select(cell => cell.Value)];
}
