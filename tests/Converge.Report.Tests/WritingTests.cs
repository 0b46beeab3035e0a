using Converge.Report.Figures;
using Converge.Report.Markup;
using Converge.Studies.Statistics;
using FsCheck;
using FsCheck.Fluent;
using Interval = Converge.Studies.Statistics.Interval;

namespace Converge.Tests;

public class WritingTests
{
    [Theory]
    [InlineData(0.9123, "0.912")]
    [InlineData(-0.25, "−0.250")]
    [InlineData(-0.0001, "0.000")]
    [InlineData(0.99963, "0.99963")]
    [InlineData(0.9932, "0.9932")]
    [InlineData(0.9999999, "1.000")]
    [InlineData(1.0, "1.000")]
    [InlineData(12.5, "12.500")]
    [InlineData(double.NaN, "–")]
    public void Similarities_near_one_show_their_distance_from_it(double value, string text) => Assert.Equal(text, NumberText.Of(value));

    [Fact]
    public void An_estimate_uses_one_number_of_decimals()
    {
        Assert.Equal("0.9500 [0.9400, 0.9930]", NumberText.Of(new Estimate(0.95, 0.1, new Interval(0.94, 0.993), 8, 8, 0)));
        Assert.Equal("+0.0012 [−0.0001, 0.0024]", NumberText.OfDifference(new Estimate(0.0012, 0.1, new Interval(-0.0001, 0.0024), 8, 8, 0)));
        Assert.Equal("+0.000 [0.000, 0.000]", NumberText.OfDifference(new Estimate(1e-9, 0, new Interval(-1e-9, 2e-9), 8, 8, 0)));
        Assert.Equal("0.500", NumberText.Of(new Estimate(0.5, null, null, 1, 8, 0)));
        Assert.Equal("–", NumberText.Of(new Estimate(null, null, null, 0, 0, 8)));
    }

    [Fact]
    public void Every_string_becomes_markup_that_reads_back_as_what_is_visible_of_it() => Check.QuickThrowOnFailure(Prop.ForAll<string?>(text =>
    {
        var visible = VisibleText.Of(text ?? "");
        var element = System.Xml.Linq.XElement.Parse(new MarkupWriter().Leaf("p", text ?? "", ("title", text ?? "")).ToString(), System.Xml.Linq.LoadOptions.PreserveWhitespace);
        return element.Value == visible && (string)element.Attribute("title")! == visible;
    }));

    [Fact]
    public void Text_in_any_script_stays_as_it_is() => Assert.Equal("žluťoučký שלום 日本 👩‍🚀\n\t", VisibleText.Of("žluťoučký שלום 日本 👩‍🚀\n\t"));

    [Fact]
    public void Carriage_returns_and_next_lines_are_seen() => Assert.Equal("a␍b[U+0085]c␡", VisibleText.Of("a\rb\u0085c\u007F"));

    [Fact]
    public void An_element_left_open_is_an_error() => Assert.Throws<InvalidOperationException>(() => new MarkupWriter().Open("p").ToString());

    [Fact]
    public void A_scale_holds_its_values_and_its_ticks_are_round_and_inside() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(-1000, 1000).ToArbitrary(), Gen.Choose(0, 2000).ToArbitrary(), (low, span) =>
        {
            double a = low / 1000.0, b = Math.Min(1, a + span / 1000.0);
            var scale = LinearScale.Holding([a, b], 0, 400, 0.2, -1, 1);
            return scale.At(a) >= -1e-6 && scale.At(b) <= 400 + 1e-6 && scale.Ticks.Count is >= 2 and <= 12
                && scale.Ticks.All(tick => scale.At(tick) >= -1e-6 && scale.At(tick) <= 400 + 1e-6)
                && scale.Ticks.Select(scale.Label).Distinct().Count() == scale.Ticks.Count;
        }));

    [Fact]
    public void Tick_labels_show_the_whole_step() => Assert.Equal(["0.00", "0.25", "0.50", "0.75", "1.00"], new LinearScale(0, 1, 0, 100, 0.25) is var scale ? scale.Ticks.Select(scale.Label) : []);

    [Fact]
    public void Dots_do_not_cover_each_other_while_there_is_room()
    {
        double[] positions = [.. Enumerable.Range(0, 30).Select(i => 10.0 * Math.Sin(i) + 5 * i)];
        var offsets = Beeswarm.Offsets(positions, 3, 20);
        for (int i = 0; i < 30; i++)
            for (int j = 0; j < i; j++)
                Assert.True(Math.Sqrt(Math.Pow(positions[i] - positions[j], 2) + Math.Pow(offsets[i] - offsets[j], 2)) >= 5.9, $"{i} covers {j}");
        Assert.All(Beeswarm.Offsets([.. Enumerable.Repeat(1.0, 50)], 3, 20), offset => Assert.InRange(offset, -17, 17));
    }
}
