using System.Globalization;
using Converge.Studies.Metrics;

namespace Converge.Tests.Planted;

/// <summary>
/// Whole studies - plan, tuning, states, metrics, claims, figures and page - of models whose weights are set by hand (<see cref="HandSetModel"/>). What a
/// query's state is follows by hand: with c along the common direction, 1 along its letter and u along the direction that blocks write to, the residual stream is
/// (2, 1, u), and (1, u) after the final norm. Tuning reaches its limit of u to seven digits.
/// </summary>
public class PlantedTruthTests
{
    private const double Near = 2e-6;
    private static readonly BlockPlan s_nothing = new(0, 0);

    [Fact]
    public void Icl_equals_it()
    {
        using var study = new HandSetStudy(new BlockPlan(2, 0), new BlockPlan(0, 2), s_nothing);
        Cosines(study, iclIt: 1, anchorIcl: OfNorm(2, 0), anchorIt: OfNorm(2, 0));
        Equal(0.8, study.Headline("icl-it", MetricNames.Anisotropy));
        Equal(1, study.Headline("icl-it", MetricNames.CentredCosine));
        Equal(1, study.Headline("icl-it", MetricNames.ShiftCosine));
        Equal(1, study.Headline("icl-it", MetricNames.ShiftNormRatio));
        // Any blank moves ICL as far: other demonstrations, another number of them.
        Equal(1, study.Headline("icl-icl_other"));
        Equal(1, study.Headline("icl-icl_reordered"));
        Equal(1, study.At("F4", "k4"));
        // After the first block ICL alone has moved, after the second both have.
        Equal(OfStream(2, 0), study.After(1, "icl-it"));
        Equal(1, study.After(1, "anchor-it"));
        Equal(1, study.After(2, "icl-it"));
        Assert.Equal(["P1 supported", "P2 supported", "P3 supported", "Q1 supported", "Q3 supported", "Q4 supported", "Q5 supported"], study.Decided);
        Assert.StartsWith("Yes. ICL and IT leave states that are closer to each other (cosine 1.000 [1.000, 1.000]) than either is to the anchor (ICL 0.447, IT 0.447), and closer than the states of different queries", study.Report.Verdict);
        Assert.Contains("at layers 2–3 of 0–3 and the state after the final norm, and nowhere else", study.Report.Html);
        PageAgrees(study);
    }

    [Fact]
    public void Icl_does_nothing()
    {
        using var study = new HandSetStudy(s_nothing, new BlockPlan(0, 2), s_nothing);
        Cosines(study, iclIt: OfNorm(2, 0), anchorIcl: 1, anchorIt: OfNorm(2, 0));
        // ICL's shift is rounding and has no direction; IT's has, of length above nothing.
        Assert.Null(study.Headline("icl-it", MetricNames.ShiftCosine));
        Equal(0, study.Headline("icl-it", MetricNames.ShiftNormRatio));
        Assert.Equal(["P1 contradicted", "P2 contradicted", "P3 supported", "Q1 contradicted", "Q3 contradicted", "Q5 contradicted"], study.Decided);
        Assert.StartsWith("No. ICL stays closer to the anchor (1.000 [1.000, 1.000]) than it comes to IT: ICL–IT is 0.447", study.Report.Verdict);
        Assert.StartsWith("Undefined", study.Report.Remark("Direction"));
        PageAgrees(study);
    }

    [Fact]
    public void It_does_nothing()
    {
        using var study = new HandSetStudy(new BlockPlan(2, 0), s_nothing, s_nothing);
        Cosines(study, iclIt: OfNorm(2, 0), anchorIcl: OfNorm(2, 0), anchorIt: 1);
        // No gradient reaches the queries: the loss stays where it was, and anchor and IT are the same to the last bit.
        Assert.Equal(1, study.Headline("anchor-it"));
        Assert.All(study.Results.Groups[0].Tuning, run => Assert.Single(run.Steps.Where((_, i) => i % 2 == 0).Select(step => step.Loss).Distinct()));
        Assert.Null(study.Headline("icl-it", MetricNames.ShiftCosine));
        Assert.Null(study.Headline("icl-it", MetricNames.ShiftNormRatio));
        Assert.Equal(["P1 contradicted", "P2 contradicted", "P3 supported", "Q1 contradicted", "Q3 contradicted", "Q5 contradicted"], study.Decided);
        Assert.StartsWith("No. IT stays closer to the anchor (1.000 [1.000, 1.000]) than it comes to ICL: ICL–IT is 0.447", study.Report.Verdict);
        Assert.Contains("Tuning hardly moved the state (anchor–IT 1.000), so ICL–IT repeats anchor–ICL.", study.Report.Remark("Against the anchor"));
        PageAgrees(study);
    }

    [Fact]
    public void Both_move_in_opposite_directions()
    {
        using var study = new HandSetStudy(new BlockPlan(-2, 0), new BlockPlan(0, 2), s_nothing);
        Cosines(study, iclIt: OfNorm(-2, 2), anchorIcl: OfNorm(-2, 0), anchorIt: OfNorm(2, 0));
        Equal(-1, study.After(2, "icl-it", MetricNames.ShiftCosine));
        Equal(1, study.After(2, "icl-it", MetricNames.ShiftNormRatio));
        Assert.Equal(["P1 contradicted", "P2 contradicted", "P3 supported", "Q1 contradicted", "Q3 contradicted", "Q4 contradicted", "Q5 contradicted"], study.Decided);
        Assert.StartsWith("No. Both stay closer to the anchor", study.Report.Verdict);
        Assert.StartsWith("ICL and IT move the state in opposite directions", study.Report.Remark("Direction"));
        PageAgrees(study);
    }

    [Fact]
    public void Only_layer_3_converges()
    {
        // The third block moves both to u = 2; in the fourth ICL goes back beyond the anchor, where blanks, now longer, read less than 1.
        using var study = new HandSetStudy(s_nothing, s_nothing, new BlockPlan(2, 2), new BlockPlan(-8, 0), s_nothing, s_nothing);
        double back = 2 - 8 * Math.Sqrt(5 / 9.0);
        Cosines(study, iclIt: OfNorm(back, 2), anchorIcl: OfNorm(back, 0), anchorIt: OfNorm(2, 0));
        double[] expected = [1, 1, 1, 1, .. Enumerable.Repeat(OfStream(back, 2), 3)];
        for (int layer = 0; layer < expected.Length; layer++) Equal(expected[layer], study.After(layer, "icl-it"));
        Equal(OfStream(2, 0), study.After(3, "anchor-icl"));
        Equal(1, study.After(3, "icl-it", MetricNames.ShiftCosine));
        Equal(-1, study.After(4, "icl-it", MetricNames.ShiftCosine));
        Assert.Contains("ICL–IT is clearly above both anchor–ICL and anchor–IT at layer 3 of 0–6, and nowhere else.", study.Report.Html);
        Assert.Equal(["P1 contradicted", "P2 contradicted", "P3 supported", "P7 contradicted", "Q1 contradicted", "Q3 contradicted", "Q4 contradicted", "Q5 contradicted"], study.Decided);
        PageAgrees(study);
    }

    [Fact]
    public void Late_layers_converge_more_than_middle_ones()
    {
        using var study = new HandSetStudy(s_nothing, s_nothing, new BlockPlan(2, 0), s_nothing, new BlockPlan(0, 2), s_nothing);
        Assert.Contains("P7 supported", study.Decided);
        Equal(1 - OfStream(2, 0), study.Claims.Single(finding => finding.Claim.Id == "P7").Deciding!.Mean);
    }

    [Fact]
    public void Icl_comes_nearer_to_it_with_every_demonstration()
    {
        // IT is at u = 2; ICL at 12 times the share of blanks among its tokens, which rises with the demonstrations and stays below 1.2.
        using var study = new HandSetStudy(new BlockPlan(0, 0, Share: 12), new BlockPlan(0, 2), s_nothing);
        Assert.Contains("P5 supported", study.Decided);
        double[] byNumber = [study.At("F4", "k1")!.Value, study.Headline("icl-it")!.Value, study.At("F4", "k4")!.Value];
        Assert.Equal(byNumber.Order(), byNumber);
        Assert.InRange(byNumber[0], OfNorm(0.3, 2), OfNorm(0.6, 2));
        Assert.InRange(byNumber[2], OfNorm(0.8, 2), OfNorm(1.2, 2));
        // The same number of demonstrations, and so nearly the same state, whatever they are and in whatever order.
        Assert.InRange(study.Headline("icl-icl_other")!.Value, 0.999, 1);
        Equal(1, study.Headline("icl-icl_reordered"));
        PageAgrees(study, labelsMatter: true);
    }

    [Fact]
    public void When_nothing_moves_anything_nothing_is_decided()
    {
        using var study = new HandSetStudy(s_nothing, s_nothing, s_nothing);
        foreach (var pair in (string[])["icl-it", "anchor-icl", "anchor-it"]) Assert.Equal(1, study.Headline(pair));
        Assert.StartsWith("Undecided.", study.Report.Verdict);
        // ICL-IT is 1 all the same, and so P2, Q1 and Q3 hold, P1 does not.
        Assert.Equal(["P2 supported", "P3 supported", "Q1 supported", "Q3 supported"], study.Decided);
        Assert.Contains("all three conditions are nearly the same state", study.Report.Remark("Against the anchor"));
    }

    private static void Cosines(HandSetStudy study, double iclIt, double anchorIcl, double anchorIt)
    {
        Equal(iclIt, study.Headline("icl-it"));
        Equal(anchorIcl, study.Headline("anchor-icl"));
        Equal(anchorIt, study.Headline("anchor-it"));
    }

    // What figures draw, their files hold and the page states is what was measured.
    private static void PageAgrees(HandSetStudy study, bool labelsMatter = false)
    {
        Assert.Equal(study.Claims.ToDictionary(finding => finding.Claim.Id, finding => finding.Verdict.ToString().ToLowerInvariant()), study.Verdicts);
        foreach (var (series, pair) in ((string, string)[])[("ICL–IT", "icl-it"), ("anchor–ICL", "anchor-icl"), ("anchor–IT", "anchor-it")])
        {
            Assert.Equal(study.Headline(pair), Number(study.Report.Csv("comparison").Single(row => row["series"] == series)["mean"]));
            var curve = study.Report.Csv("layers").Where(row => row["series"] == series && row["metric"] == "cosine").ToList();
            Assert.Equal(curve.SkipLast(1).Select((_, layer) => study.After(layer, pair)), curve.SkipLast(1).Select(row => Number(row["mean"])));
            // Labels matter only where a longer word makes the blanks' share of the tokens smaller.
            var levels = study.Report.Csv("factor-01").Where(row => row["series"] == series && row["metric"] == "cosine").ToDictionary(row => row["level"], row => Number(row["mean"])!.Value);
            Assert.Equal(["base", "wrong"], levels.Keys.Order());
            Assert.Equal(levels["base"], levels["wrong"], labelsMatter ? 0.02 : 1e-6);
        }
        Assert.Equal(study.Headline("icl-it", MetricNames.ShiftCosine), Number(study.Report.Csv("distribution").Single(row => row["series"] == "ICL–IT" && row["metric"] == "shift_cosine")["mean"]));
    }

    // The cosine of (1, a) and (1, b), and of (2, 1, a) and (2, 1, b).
    private static double OfNorm(double a, double b) => (1 + a * b) / Math.Sqrt((1 + a * a) * (1 + b * b));

    private static double OfStream(double a, double b) => (5 + a * b) / Math.Sqrt((5 + a * a) * (5 + b * b));

    private static void Equal(double expected, double? actual) => Assert.Equal(expected, actual ?? double.NaN, Near);

    private static double? Number(string text) => text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture);
}
