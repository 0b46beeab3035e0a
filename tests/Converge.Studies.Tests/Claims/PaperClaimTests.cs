using Converge.Studies.Claims;
using Converge.Studies.Run;
using static Converge.Tests.Claims.PlantedStudy;

namespace Converge.Tests.Claims;

public class PaperClaimTests
{
    private static readonly StudyDesign Levels = Design with { WrongLabels = [new("F1", "a")], OtherTask = [new("F2", "a")], Similarity = [new("F3", "far", -1), new("F3", "near", 1)], Counts = [new("F4", "4", 2), new("F4", "16", 4)] };

    [Fact]
    public void Where_icl_equals_it_p1_and_p2_are_supported()
    {
        var findings = Findings(Design, Group(PlantedUnits.IclEqualsIt)).ToDictionary(finding => finding.Claim.Id);
        Assert.Equal((ClaimVerdict.Supported, ClaimVerdict.Supported), (findings["P1"].Verdict, findings["P2"].Verdict));
        Assert.Equal(2, findings["P1"].Parts.Count);
        Assert.Equal(1, findings["P2"].Deciding!.Mean, 1e-12);
        Assert.All([findings["P1"], findings["P2"]], finding => Assert.True(finding.AdjustedP >= finding.P && finding.AdjustedP < 0.05));
    }

    [Fact]
    public void Where_icl_or_it_does_nothing_p1_and_p2_are_contradicted()
    {
        foreach (var rule in (PlantedUnits.StateRule[])[PlantedUnits.IclDoesNothing, PlantedUnits.ItDoesNothing, PlantedUnits.OppositeDirections])
        {
            var findings = Findings(Design, Group(rule)).ToDictionary(finding => finding.Claim.Id);
            Assert.Equal((ClaimVerdict.Contradicted, ClaimVerdict.Contradicted), (findings["P1"].Verdict, findings["P2"].Verdict));
            Assert.True(findings["P1"].Deciding!.Mean < 0);
        }
    }

    [Fact]
    public void Few_runs_decide_nothing_and_say_so()
    {
        var finding = Finding("P1", Design, Group(PlantedUnits.IclEqualsIt, runs: 4));
        Assert.Equal(ClaimVerdict.Inconclusive, finding.Verdict);
        Assert.Contains("4 runs are too few", finding.Missing);
    }

    [Theory]
    [InlineData("P3", "F1")]
    [InlineData("P4", "F2")]
    [InlineData("P5", "F4")]
    [InlineData("P6", "F3")]
    [InlineData("P8-task", "two tasks")]
    [InlineData("P8-size", "two sizes")]
    [InlineData("P8-chat", "chat checkpoint")]
    public void What_a_study_lacks_is_inconclusive_once_and_says_which_study_would_decide_it(string id, string needed)
    {
        var finding = Findings(Design, Group(PlantedUnits.IclEqualsIt)).Single(finding => finding.Claim.Id == id);
        Assert.Equal((ClaimVerdict.Inconclusive, null, null), (finding.Verdict, finding.P, finding.Deciding));
        Assert.Contains(needed, finding.Missing);
    }

    [Theory]
    [InlineData(0.8, ClaimVerdict.Supported)]
    [InlineData(0.3, ClaimVerdict.Contradicted)]
    public void P3_asks_whether_wrong_labels_leave_icl_it_within_the_margin(double share, ClaimVerdict verdict)
    {
        var finding = Finding("P3", Levels, Group(Between(0.8)), Group(Between(share), "F1", "a"));
        Assert.Equal(verdict, finding.Verdict);
        Assert.Equal(0.05, finding.Deciding!.Margin);
    }

    [Fact]
    public void P4_asks_whether_all_three_pairs_are_high_with_another_tasks_demonstrations()
    {
        var high = Finding("P4", Levels, Group(PlantedUnits.IclEqualsIt), Group(PlantedUnits.OneDirection, "F2", "a"));
        Assert.Equal((ClaimVerdict.Supported, 3), (high.Verdict, high.Parts.Count));
        Assert.Equal(ClaimVerdict.Contradicted, Finding("P4", Levels, Group(PlantedUnits.OneDirection), Group(PlantedUnits.IclEqualsIt, "F2", "a")).Verdict);
    }

    [Theory]
    [InlineData(0.2, 0.5, 0.8, ClaimVerdict.Supported)]
    [InlineData(0.8, 0.5, 0.2, ClaimVerdict.Contradicted)]
    public void P5_asks_whether_icl_it_rises_with_the_number_of_demonstrations(double one, double four, double sixteen, ClaimVerdict verdict) =>
        Assert.Equal(verdict, Finding("P5", Levels, Group(Between(one)), Group(Between(four), "F4", "4"), Group(Between(sixteen), "F4", "16")).Verdict);

    [Theory]
    [InlineData(0.2, 0.8, ClaimVerdict.Supported)]
    [InlineData(0.8, 0.2, ClaimVerdict.Contradicted)]
    public void P6_asks_whether_icl_it_rises_with_the_similarity_of_the_demonstrations(double far, double near, ClaimVerdict verdict) =>
        Assert.Equal(verdict, Finding("P6", Levels, Group(Between(0.5)), Group(Between(far), "F3", "far"), Group(Between(near), "F3", "near")).Verdict);

    [Fact]
    public void P7_asks_whether_late_blocks_converge_more_than_middle_ones()
    {
        PlantedUnits.StateRule From(int first, int last) => (condition, run, query, layer) =>
            (layer >= first && layer <= last ? PlantedUnits.IclEqualsIt : Between(0.2))(condition, run, query, layer);
        var late = Finding("P7", Design, Group(From(4, 5)));
        Assert.Equal(ClaimVerdict.Supported, late.Verdict);
        Assert.Equal("ICL-IT over blocks 4-5 less that over blocks 2-3", late.Deciding!.Quantity);
        Assert.Equal(ClaimVerdict.Contradicted, Finding("P7", Design, Group(From(2, 3))).Verdict);
        Assert.Equal(ClaimVerdict.Contradicted, Finding("P7", Design, Group(PlantedUnits.OnlyLayer3Converges)).Verdict);
    }

    [Fact]
    public void P8_asks_p1_of_the_other_task_the_larger_model_and_the_chat_model()
    {
        var design = Design with { Models = ["planted", "large", "planted-chat"], Tasks = ["sentiment", "second"], Chat = ["planted-chat"] };
        IReadOnlyDictionary<string, ClaimFinding> With(PlantedUnits.StateRule rule) => Findings(design,
            Group(PlantedUnits.IclEqualsIt).Select(Shallow), Group(rule, task: "second").Select(Shallow), Group(rule, model: "large"), Group(rule, model: "planted-chat"))
            .Where(finding => finding.Claim.Id.StartsWith("P8")).ToDictionary(finding => finding.Claim.Id);
        foreach (var id in (string[])["P8-task", "P8-size", "P8-chat"])
        {
            Assert.Equal((ClaimVerdict.Supported, 2), (With(PlantedUnits.IclEqualsIt)[id].Verdict, With(PlantedUnits.IclEqualsIt)[id].Parts.Count));
            Assert.Equal(ClaimVerdict.Contradicted, With(PlantedUnits.IclDoesNothing)[id].Verdict);
        }
    }

    // The first two blocks of a unit.
    private static UnitRecord Shallow(UnitRecord unit) => unit with
    {
        Layers = 2,
        States = unit.States.ToDictionary(entry => entry.Key, entry => entry.Value with
        {
            ResidPost = [.. entry.Value.ResidPost.Where((_, i) => i / PlantedUnits.Width % (PlantedUnits.Layers + 1) <= 2)],
        }),
    };
}
