using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Plan;

public sealed class StudyValidatorTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    private ValidationResult Check(params string[] overrides) => StudyValidator.Check(_folder.StudyFile, overrides);

    [Fact]
    public void A_sound_study_passes_with_its_prompts_rendered()
    {
        var result = Check();
        Assert.True(result.IsValid);
        Assert.Equal(5, result.Plan!.Units.Count);
        Assert.Equal(["anchor", "icl", "tuning row"], result.Prompts.Select(prompt => prompt.Condition));
        Assert.Equal(result.Plan.Units[0].Content.Prompts[0].Text, result.Prompts[0].Text);
        Assert.Equal("<s>", result.Prompts[0].Tokens[0]);
        Assert.Contains(result.Findings, finding => finding.What.StartsWith("labels are scored as 'bad' [35 'Ġ'", StringComparison.Ordinal));
    }

    [Fact]
    public void All_errors_are_found_at_once()
    {
        var result = Check("queries=20", "models.0.path=nowhere");
        Assert.False(result.IsValid);
        Assert.Null(result.Plan);
        var errors = result.Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => finding.ToString()).ToList();
        Assert.Equal(2, errors.Count);
        Assert.Contains("the folder of model 'tiny' does not exist", errors[0]);
        Assert.Contains("needs 20 examples", errors[1]);
    }

    [Fact]
    public void Mistakes_in_files_are_findings()
    {
        _folder.Change("study.yaml", "runs: 5", "rnus: 5");
        Assert.Contains("unknown key 'rnus'", Assert.Single(Check().Findings).What);
    }

    [Fact]
    public void An_odd_label_is_an_error()
    {
        TinyModel.AddMerge(_folder.PathOf("model"), "Ġ", "b");
        var result = Check("tasks.0.template.query=\"In: {text}\\nOut: \"", "tasks.0.template.answer=\"{label}\"");
        Assert.Contains(result.Findings, finding => finding.Severity == Severity.Error && finding.What.Contains("does not split the answer 'bad'", StringComparison.Ordinal));
        Assert.Contains(result.Findings, finding => finding.Severity == Severity.Warning && finding.What.Contains("'query' ends in a blank", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tasks.0.template.instruction_in_icl=false", "the ICL prompt has no instruction")]
    [InlineData("runs=30", "runs all demonstrations have one label")]
    [InlineData("tasks.0.labels.0=terrible", "labels have different numbers of tokens")]
    public void What_is_worth_knowing_is_told(string change, string expected) => Assert.Contains(Check(change).Findings, finding => finding.What.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void A_task_without_labels_says_so_and_nothing_of_labels()
    {
        _folder.TranslateToo();
        var result = Check("demonstrations.balance=true");
        Assert.True(result.IsValid);
        var lexicon = result.Findings.Where(finding => finding.Where.Contains("'lexicon'", StringComparison.Ordinal)).Select(finding => finding.What).ToList();
        Assert.Contains(lexicon, what => what.EndsWith("there is neither accuracy nor agreement of labels", StringComparison.Ordinal));
        Assert.Contains(lexicon, what => what.StartsWith("has no labels, so 'demonstrations.balance' does not concern it", StringComparison.Ordinal));
        var (text, tokens) = Assert.IsType<ReferenceAnswers>(result.Plan!.Units[5].Content.Answers) is var references ? (references.Texts[0], references.Tokens[0]) : default;
        Assert.Contains(lexicon, what => what.StartsWith($"references are scored as whole answers, the first as '{text}' [{tokens[0]} 'Ġ', {tokens[1]} '{text[1]}'", StringComparison.Ordinal));
        Assert.DoesNotContain(lexicon, what => what.Contains("all demonstrations have one label", StringComparison.Ordinal) || what.Contains("labels are scored", StringComparison.Ordinal));
        Assert.Contains(result.Findings, finding => finding.What.StartsWith("labels are scored as 'bad'", StringComparison.Ordinal));
        Assert.Equal(["words anchor", "words icl", "words tuning row", "lexicon anchor", "lexicon icl", "lexicon tuning row"], result.Prompts.Select(prompt => $"{prompt.Task} {prompt.Condition}"));
    }

    [Fact]
    public void Queries_that_stand_among_demonstrations_are_counted()
    {
        _folder.Write("asked.tsv", StudyFolder.Asked + "Warm!\t1\n");
        Assert.Contains(Check().Findings, finding => finding.What.StartsWith("1 of 7 queries say the same as a demonstration", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();
}
