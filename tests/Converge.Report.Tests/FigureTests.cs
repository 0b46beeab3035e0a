using System.Globalization;
using System.Xml.Linq;
using Converge.Studies.Metrics;
using Converge.Studies.Tables;

namespace Converge.Tests;

public sealed class FigureTests : IDisposable
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private readonly ReportFolder _report = new();

    public void Dispose() => _report.Dispose();

    [Fact]
    public void The_distribution_shows_every_run_of_every_pair_and_the_level_beside_it()
    {
        var results = _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        var cosine = Panels("distribution")[0];
        Assert.Equal(8, Marks(cosine, "circle", "icl-it f dot").Count);
        Assert.Equal(8, Marks(cosine, "rect", "anchor-icl f dot").Count);
        Assert.Equal(8, Marks(cosine, "polygon", "anchor-it f dot").Count);
        // All at cosine 1: one position, the axis's right end.
        Assert.Equal(["386"], Marks(cosine, "circle", "icl-it f dot").Select(mark => (string)mark.Attribute("cx")!).Distinct());
        var group = results.Groups[0].Group;
        double level = results[new SeriesKey(group, PlantedUnits.Layers, Taps.FinalNorm, "icl-it", MetricNames.Anisotropy)].Estimate.Mean!.Value;
        Assert.Contains($"where different queries under one condition have {level.ToString("F3", CultureInfo.InvariantCulture)}", _report.Description("distribution"));
        // Three level lines and the one of the legend.
        Assert.Equal(4, Marks(cosine, "line", "level").Count);
    }

    [Fact]
    public void A_mark_stands_where_its_value_is_on_the_axis()
    {
        var results = _report.Write(PlantedUnits.Runs(PlantedUnits.OnlyLayer3Converges));
        var panel = Panels("distribution")[0];
        var ticks = panel.Elements(Svg + "text").Where(text => (string?)text.Attribute("class") == "tick")
            .Select(text => (X: (double)text.Attribute("x")!, Value: double.Parse(text.Value, CultureInfo.InvariantCulture))).ToList();
        double slope = (ticks[^1].Value - ticks[0].Value) / (ticks[^1].X - ticks[0].X);
        double drawn = ticks[0].Value + slope * ((double)Marks(panel, "circle", "icl-it f mean").Single().Attribute("cx")! - ticks[0].X);
        Assert.Equal(results[new SeriesKey(results.Groups[0].Group, PlantedUnits.Layers, Taps.FinalNorm, "icl-it", MetricNames.Cosine)].Estimate.Mean!.Value, drawn, 1e-3);
    }

    [Fact]
    public void An_undefined_similarity_is_said_and_not_drawn_at_zero()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclDoesNothing));
        var shift = Panels("distribution")[2];
        Assert.Contains("undefined for all 64 values", shift.Elements(Svg + "text").Select(text => text.Value));
        Assert.Empty(Marks(shift, "circle", "dot"));
        Assert.Empty(Panels("layers")[2].Elements(Svg + "polyline"));
    }

    [Fact]
    public void The_layer_curve_peaks_where_convergence_was_planted()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.OnlyLayer3Converges));
        // In the order of drawing: layers 0..5, final norm, legend.
        var marks = Marks(Panels("layers")[0], "circle", "icl-it f");
        Assert.Equal(PlantedUnits.Layers + 3, marks.Count);
        double[] heights = [.. marks.Take(PlantedUnits.Layers + 2).Select(mark => (double)mark.Attribute("cy")!)];
        Assert.Equal(3, Array.IndexOf(heights, heights.Min()));
        Assert.Equal(54, heights.Min());
    }

    [Fact]
    public void Intervals_are_bands_and_few_runs_have_none()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.OppositeDirections));
        Assert.Equal(3, Marks(Panels("layers")[0], "polygon", "band").Count);
        _report.Write(PlantedUnits.Runs(PlantedUnits.OppositeDirections, 4));
        Assert.Empty(Marks(Panels("layers")[0], "polygon", "band"));
        Assert.Empty(Marks(Panels("distribution")[0], "line", "ci"));
    }

    [Fact]
    public void The_loss_starts_and_ends_at_the_means_over_runs()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        // Loss at step s of run r is 2/s + r/100.
        Assert.Contains("Mean over 8 runs: 2.035 before the first update, 0.235 before update 10.", _report.Description("loss"));
        Assert.Equal(8, Marks(Panels("loss")[0], "polyline", "faint").Count);
    }

    [Fact]
    public void Figure_files_stand_alone_and_follow_the_readers_colour_scheme()
    {
        _report.Write(PlantedUnits.Runs(PlantedUnits.IclEqualsIt));
        foreach (var name in (string[])["distribution", "layers", "accuracy", "loss"])
        {
            var figure = _report.Figure(name);
            Assert.Equal(Svg + "svg", figure.Name);
            Assert.Contains("prefers-color-scheme:dark", figure.Element(Svg + "style")!.Value);
            Assert.DoesNotContain(figure.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "href" or "src");
            Assert.DoesNotContain("url(", figure.Element(Svg + "style")!.Value);
            Assert.DoesNotMatch("(?i)nan|infinity|∞", figure.ToString());
        }
    }

    private List<XElement> Panels(string name) => [.. _report.Figure(name).Elements(Svg + "g")];

    private static List<XElement> Marks(XElement panel, string element, string style) =>
        [.. panel.Elements(Svg + element).Where(mark => style.Split(' ').All(part => ((string?)mark.Attribute("class") ?? "").Split(' ').Contains(part)))];
}
