using Converge.Studies.Plan;
using Converge.Studies.Spec;
using Converge.Studies.Tests.Authored;
using Converge.Tests;

namespace Converge.Studies.Tests.Plan;

public sealed class FactorPlanTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    private static string[] Digests(IEnumerable<PlannedUnit> units, string factor = "base") => [.. units.Where(unit => unit.Key.Factor == factor).Select(unit => unit.DigestFor("weights"))];

    [Fact]
    public void A_plan_runs_the_studys_own_settings_first_and_then_every_level()
    {
        var units = _folder.WithFactors().Plan("runs=2").Units;
        Assert.Equal(["base base", "F1 half", "F1 all", "F1 random", "F4 k1", "F4 k2", "F4 k4"], units.Where(unit => unit.Key.Run == 1).Select(unit => $"{unit.Key.Factor} {unit.Key.Level}"));
        Assert.Equal(14, units.Count);
    }

    [Fact]
    public void A_factor_changes_no_digest_of_the_base_or_of_another_factor()
    {
        var alone = _folder.Plan().Units;
        var labels = _folder.WithFactors(FactorStudy.Factors[..FactorStudy.Factors.IndexOf("  - id: F4", StringComparison.Ordinal)]).Plan().Units;
        var both = _folder.WithFactors().Plan().Units;
        Assert.Equal(Digests(alone), Digests(labels));
        Assert.Equal(Digests(alone), Digests(both));
        Assert.Equal(Digests(labels, "F1"), Digests(both, "F1"));
        // Random labels may happen to be the right ones; where all are wrong they never are.
        Assert.Empty(Digests(both.Where(unit => unit.Key.Level == "all"), "F1").Intersect(Digests(both)));
    }

    [Fact]
    public void A_level_that_is_the_base_is_the_very_unit_and_costs_nothing()
    {
        var plan = _folder.WithFactors().Plan();
        Assert.Equal(Digests(plan.Units), Digests(plan.Units.Where(unit => unit.Key.Level == "k2"), "F4"));
        Assert.Equal(plan.Units.Select(unit => unit.DigestFor("weights")).Distinct().Count(), plan.Cost.Units);
        Assert.InRange(plan.Cost.Units, 25, 30);
        var cost = Assert.Single(plan.CostOfLevels, level => level.Level == "k4").Cost;
        Assert.Equal((5, 5 * 4 * 10), (cost.Units, cost.TuningSteps));
        Assert.Equal(["base", "half", "all", "random", "k1", "k2", "k4"], plan.CostOfLevels.Select(level => level.Level));
    }

    [Fact]
    public void Levels_are_paired_run_by_run()
    {
        var plan = _folder.WithFactors().Plan();
        foreach (var run in plan.Units.GroupBy(unit => unit.Key.Run))
        {
            var own = run.First();
            Assert.All(run, unit => Assert.Equal((own.Instruction, own.AdapterSeed, own.Tuning.Seed), (unit.Instruction, unit.AdapterSeed, unit.Tuning.Seed)));
            Assert.All(run, unit => Assert.Equal(own.Queries, unit.Queries));
            Assert.All(run.Where(unit => unit.Key.Factor == "F1"), unit => Assert.Equal(own.Demonstrations, unit.Demonstrations));
            Assert.Equal(own.Demonstrations, run.Single(unit => unit.Key.Level == "k4").Demonstrations.Take(2));
            Assert.Equal(own.Demonstrations.Take(1), run.Single(unit => unit.Key.Level == "k1").Demonstrations);
        }
    }

    [Fact]
    public void Queries_stay_though_more_demonstrations_would_take_them()
    {
        // One pool for both: with more demonstrations a plain draw would pass over queries that the base has.
        _folder.Change("task.yaml", "queries: asked.tsv", "queries: shown.tsv");
        var units = _folder.WithFactors().Plan("runs=40").Units;
        foreach (var run in units.GroupBy(unit => unit.Key.Run))
        {
            Assert.All(run, unit => Assert.Equal(run.First().Queries, unit.Queries));
            Assert.All(run, unit => Assert.Empty(unit.Demonstrations.Intersect(unit.Queries)));
        }
    }

    [Fact]
    public void A_task_that_would_borrow_from_itself_is_left_out_of_the_level()
    {
        _folder.TranslateToo();
        _folder.Write("study.yaml", File.ReadAllText(_folder.StudyFile) + "\nfactors:\n  - {id: F2, levels: [{id: words, demonstrations: {task: words}}, {id: lexicon, demonstrations: {task: lexicon}}]}\n");
        Assert.Equal(["words lexicon", "lexicon words"], _folder.Plan("runs=1").Units.Where(unit => unit.Key.Factor == "F2").Select(unit => $"{unit.Key.Task} {unit.Key.Level}"));
    }

    [Theory]
    [InlineData("tuning: {method: full}")]
    [InlineData("tuning: {data: random_tokens}")]
    [InlineData("tuning: {data: shuffled_answers}")]
    [InlineData("tuning: {task: lexicon}")]
    [InlineData("demonstrations: {content: no_label}")]
    [InlineData("demonstrations: {order: 1}")]
    [InlineData("demonstrations: {task: lexicon}")]
    [InlineData("context: random_tokens")]
    [InlineData("instruction: other")]
    [InlineData("template: {instruction_in_icl: false}")]
    [InlineData("template: {instruction_in_it: false}")]
    public void Every_setting_makes_another_unit(string level)
    {
        var units = _folder.WithLevel(level).Plan("runs=8").Units;
        Assert.NotEqual(Digests(units), Digests(units, "f"));
    }

    [Fact]
    public void Validation_looks_at_every_level_and_shows_its_prompts()
    {
        var result = StudyValidator.Check(_folder.WithFactors().StudyFile);
        Assert.True(result.IsValid);
        Assert.Contains("icl, factor F4, level k4", result.Prompts.Select(prompt => prompt.Condition));
        var tooMany = StudyValidator.Check(_folder.StudyFile, ["factors.1.levels.2.demonstrations.count=9"]);
        Assert.Contains("needs 9 examples", Assert.Single(tooMany.Findings, finding => finding.Severity == Severity.Error).What);
        var tooLong = StudyValidator.Check(_folder.StudyFile, ["factors.1.levels.2.template={separator: \"" + new string('x', 200) + "\"}"]);
        Assert.Contains("factor F4, level k4", Assert.Single(tooLong.Findings, finding => finding.Severity == Severity.Error).Where);
    }

    [Fact]
    public void A_level_that_nothing_is_run_on_is_pointed_out()
    {
        var findings = StudyValidator.Check(_folder.WithLevel("demonstrations: {task: words}").StudyFile).Findings;
        Assert.Contains("is run on no model and task", Assert.Single(findings, finding => finding.Severity == Severity.Warning && finding.Where == "factor f, level one").What);
    }

    [SkippableFact]
    public void The_study_of_public_data_fits_the_positions_of_its_model()
    {
        Repository.SharedOrSkip("data/wmt_encs");
        Repository.SharedOrSkip("data/sst2");
        Repository.SharedOrSkip("models/stories3m");
        var plan = StudyPlan.Create(StudySpec.Load(Repository.PathOf("studies", "public.yaml"), ["runs=2"]));
        Assert.Contains(plan.Units, unit => unit.Key is { Model: "stories3m_untrained", Task: "translation" });
        Assert.InRange(plan.Units.Max(unit => unit.Content.Prompts.Max(prompt => prompt.Tokens.Length)), 256, 512);
    }

    public void Dispose() => _folder.Dispose();
}
