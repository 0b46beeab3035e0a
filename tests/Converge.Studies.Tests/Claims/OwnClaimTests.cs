using System.Text.Json;
using Converge.Studies.Claims;
using Converge.Studies.Conditions;
using Converge.Studies.Run;
using static Converge.Tests.Claims.PlantedStudy;

namespace Converge.Tests.Claims;

public class OwnClaimTests
{
    private static readonly StudyDesign Controls = Design with
    {
        Untrained = new Dictionary<string, string> { ["planted"] = "fresh" },
        UnrelatedTuning = [new("C4", "shuffled")],
        RandomContext = [new("C5", "tokens")],
    };

    [Fact]
    public void Q1_asks_whether_icl_it_exceeds_the_level_of_different_queries()
    {
        // All queries have nearly the same state, and IT's points away from ICL's.
        static float[] Fixed(Condition condition, int run, int query, int layer) =>
            [.. PlantedUnits.IclEqualsIt(Condition.Icl, run, query, layer).Select((x, i) => (0.1f * x) + (i == 0 ? 10 : i == 1 && condition == Condition.It ? 10 : 0))];
        Assert.Equal(ClaimVerdict.Supported, Finding("Q1", Design, Group(PlantedUnits.IclEqualsIt)).Verdict);
        Assert.Equal(ClaimVerdict.Contradicted, Finding("Q1", Design, Group(Fixed)).Verdict);
    }

    [Theory]
    [InlineData(0.9, 0.3, ClaimVerdict.Supported)]
    [InlineData(0.3, 0.9, ClaimVerdict.Contradicted)]
    public void Q2_Q6_and_Q7_ask_whether_icl_it_exceeds_a_control(double own, double control, ClaimVerdict verdict)
    {
        var findings = Findings(Controls, Group(Between(own)), Group(Between(control), model: "fresh"), Group(Between(control), "C4", "shuffled"), Group(Between(control), "C5", "tokens"));
        Assert.All((string[])["Q2", "Q6", "Q7"], id => Assert.Equal(verdict, findings.Single(finding => finding.Claim.Id == id).Verdict));
        // The untrained copy is a control: nothing is claimed of it.
        Assert.DoesNotContain(findings, finding => finding.Model == "fresh");
    }

    [Theory]
    [InlineData(0.9, 0.6, ClaimVerdict.Supported)]
    [InlineData(0.8, 0.8, ClaimVerdict.Supported)]
    [InlineData(0.3, 0.9, ClaimVerdict.Contradicted)]
    public void Q3_asks_whether_icl_it_reaches_icl_with_other_demonstrations(double own, double reference, ClaimVerdict verdict)
    {
        UnitRecord WithReference(UnitRecord unit) => unit with
        {
            States = unit.States.Append(new(Condition.IclOther, PlantedUnits.Unit(Between(reference), unit.Key.Run).States[Condition.It])).ToDictionary(),
        };
        Assert.Equal(verdict, Finding("Q3", Design, Group(Between(own)).Select(WithReference)).Verdict);
    }

    [Fact]
    public void Q4_asks_whether_the_shifts_agree_more_than_random_directions_do()
    {
        Assert.Equal(ClaimVerdict.Supported, Finding("Q4", Design, Group(PlantedUnits.IclEqualsIt)).Verdict);
        Assert.Equal(ClaimVerdict.Contradicted, Finding("Q4", Design, Group(PlantedUnits.OppositeDirections)).Verdict);
        // A shift of zero has no direction.
        Assert.Empty(Finding("Q4", Design, Group(PlantedUnits.IclDoesNothing)).Parts);
    }

    [Fact]
    public void Q5_asks_p1_where_all_conditions_predict_the_same()
    {
        Assert.Equal(ClaimVerdict.Supported, Finding("Q5", Design, Group(PlantedUnits.IclEqualsIt)).Verdict);
        Assert.Equal(ClaimVerdict.Contradicted, Finding("Q5", Design, Group(PlantedUnits.IclDoesNothing)).Verdict);
        double[] Apart(Condition condition, int query) => condition == Condition.It ? [-1, -2] : [-2, -1];
        Assert.Empty(Finding("Q5", Design, Group(PlantedUnits.IclEqualsIt, logProbabilities: Apart)).Parts);
    }

    [Fact]
    public void Every_claim_has_a_rule_and_a_study_that_would_decide_it()
    {
        Assert.Equal(["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8-task", "P8-size", "P8-chat", "Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7"], ClaimTable.Claims.Select(claim => claim.Id));
        Assert.All(ClaimTable.Claims, claim => Assert.True(claim.Rule.Length > 20 && claim.DecidedBy.StartsWith("a")));
    }

    [Fact]
    public void P_values_are_corrected_for_all_claims_together_and_a_second_task_is_asked_too()
    {
        var findings = Findings(Design with { Tasks = ["sentiment", "second"] }, Group(PlantedUnits.IclEqualsIt), Group(PlantedUnits.IclDoesNothing, task: "second"));
        Assert.Equal([("sentiment", ClaimVerdict.Supported), ("second", ClaimVerdict.Contradicted)], findings.Where(finding => finding.Claim.Id == "P1").Select(finding => (finding.Task, finding.Verdict)));
        Assert.Single(findings, finding => finding.Claim.Id == "P3");
        int tested = findings.Count(finding => finding.P is not null);
        Assert.Equal(findings.Min(finding => finding.P)!.Value * tested, findings.Min(finding => finding.AdjustedP)!.Value, 1e-12);
    }

    [Fact]
    public void The_file_of_claims_has_verdict_estimate_interval_rule_and_tag()
    {
        var folder = Directory.CreateTempSubdirectory("claims").FullName;
        ClaimsFile.Write(folder, "planted", Findings(Design, Group(PlantedUnits.IclEqualsIt)));
        var page = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, ClaimsFile.Name))).RootElement;
        Directory.Delete(folder, true);
        var p2 = page.GetProperty("claims").EnumerateArray().Single(claim => claim.GetProperty("id").GetString() == "P2");
        Assert.Equal(("supported", "known", 12), (p2.GetProperty("verdict").GetString(), p2.GetProperty("tag").GetString(), p2.GetProperty("runs").GetInt32()));
        Assert.Equal(1, p2.GetProperty("estimate").GetDouble(), 1e-12);
        Assert.InRange(p2.GetProperty("low").GetDouble(), 0.999, p2.GetProperty("high").GetDouble());
        Assert.Contains("exceeds 0.9", p2.GetProperty("rule").GetString());
        Assert.Equal(0.9, p2.GetProperty("parts")[0].GetProperty("threshold").GetDouble());
        var p3 = page.GetProperty("claims").EnumerateArray().Single(claim => claim.GetProperty("id").GetString() == "P3");
        Assert.Equal(("inconclusive", JsonValueKind.Null), (p3.GetProperty("verdict").GetString(), p3.GetProperty("estimate").ValueKind));
        Assert.Contains("F1", p3.GetProperty("missing").GetString());
    }
}
