using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Conditions;

/// <summary>Prompts, tuning rows and scored answers of a task without labels.</summary>
public sealed class ReferencePromptsTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public ReferencePromptsTests()
    {
        // One row to show and one instruction leave nothing to chance; what looks like a placeholder or a reference to a group is text.
        _folder.Write("known.tsv", "english\tother\n{target} dog\t$1 {text} pes\n");
        _folder.Change("lexicon.yaml", "[Translate it., Say it otherwise.]", "[Translate it.]");
        _folder.Change("study.yaml", "count: 2", "count: 1");
        _folder.Translate();
    }

    private PlannedUnit Unit(params string[] overrides) => _folder.Plan(overrides).Units[0];

    private string Refusal(params string[] overrides) => StudyFolder.Refusal(() => _folder.Plan(overrides));

    [Fact]
    public void Prompts_and_tuning_rows_are_those_worked_by_hand()
    {
        _folder.Write("unknown.tsv", "english\tother\nhorse\tkun {target}\n");
        var unit = Unit("queries=1");
        const string zeroShot = "Translate it.\n\nIn: horse\nOut:";
        const string inContext = "Translate it.\n\nIn: {target} dog\nOut: $1 {text} pes\n\nIn: horse\nOut:";
        Assert.Equal([zeroShot, inContext, zeroShot], unit.Content.Prompts.Select(prompt => prompt.Text));
        Assert.All(unit.Content.Prompts, prompt => Assert.Equal(("unknown:1", "kun {target}"), (prompt.Query, prompt.Answer)));
        const string shown = "Translate it.\n\nIn: {target} dog\nOut:";
        var row = Assert.Single(unit.Content.TuningRows);
        Assert.Equal(TinyModel.Tokens(shown + " $1 {text} pes"), row.Tokens);
        Assert.Equal(1 + shown.Length, row.LossFrom);
        var references = Assert.IsType<ReferenceAnswers>(unit.Content.Answers);
        Assert.Equal([" kun {target}"], references.Texts);
        Assert.Equal([TinyModel.Bytes(" kun {target}")], references.Tokens);
    }

    [Fact]
    public void Each_query_has_its_own_reference_after_all_of_its_prompts()
    {
        var content = Unit("queries=4").Content;
        for (int i = 0; i < content.Prompts.Count; i++)
        {
            Assert.Equal([TinyModel.Bytes(" " + content.Prompts[i].Answer)], content.AnswersAfter(i));
            Assert.Contains($"{content.Prompts[i].Text.Split("In: ")[^1].Split('\n')[0]}\t{content.Prompts[i].Answer}\n", StudyFolder.Unknown);
        }
        Assert.Equal(4, content.Prompts.Select(prompt => prompt.Answer).Distinct().Count());
    }

    [Fact]
    public void A_reference_that_joins_its_prompt_is_refused_with_the_query()
    {
        TinyModel.AddMerge(_folder.PathOf("model"), "Ġ", "v");
        var line = Refusal("queries=4", "tasks.0.template.query=\"In: {text}\\nOut: \"", "tasks.0.template.answer=\"{target}\"");
        Assert.Contains("task 'lexicon' on model 'tiny', query 'unknown:4': the tokenizer does not split the answer 'vlk' from its prompt", line);
    }

    [Fact]
    public void A_reference_that_spells_BOS_is_refused()
    {
        _folder.Write("unknown.tsv", "english\tother\nhorse\tkun<s>\n");
        Assert.Contains("query 'unknown:1': the answer ' kun<s>' spells the BOS token", Refusal("queries=1"));
    }

    [Fact]
    public void Prompt_and_reference_must_fit_the_model_together_whichever_query_is_the_longest()
    {
        // The longer prompt has the shorter reference; the longest pair is the other one. 63 + 194 = 257 positions.
        _folder.Write("unknown.tsv", $"english\tother\n{new string('x', 60)}\ta\ny\t{new string('z', 193)}\n");
        Assert.Equal(63, TinyModel.Tokens("Translate it.\n\nIn: {target} dog\nOut: $1 {text} pes\n\nIn: y\nOut:").Length);
        Assert.Contains("the icl prompt of run 0, query 'unknown:2' has 63 tokens and its answer 194, more than the model's 256 positions", Refusal("queries=2"));
        _folder.Write("unknown.tsv", $"english\tother\n{new string('x', 60)}\ta\ny\t{new string('z', 192)}\n");
        Assert.Equal(6, Unit("queries=2").Content.Prompts.Count);
    }

    [Fact]
    public void Another_reference_is_another_unit()
    {
        var before = Unit("queries=4").DigestFor("weights");
        _folder.Write("unknown.tsv", StudyFolder.Unknown.Replace("kun", "kon"));
        Assert.NotEqual(before, Unit("queries=4").DigestFor("weights"));
    }

    [Fact]
    public void Costs_are_those_counted_by_hand()
    {
        _folder.Write("unknown.tsv", "english\tother\nhorse\tkun\ncow\tkrava\n");
        var plan = _folder.Plan("queries=2", "runs=1");
        // " kun" and " krava" have 4 and 6 tokens; all but the last are run after each of three prompts.
        Assert.Equal(3 * (3 + 5), plan.Cost.AnswerTokens);
        int[] lengths = [.. plan.Units[0].Content.Prompts.Select(prompt => prompt.Tokens.Length)], extra = [.. plan.Units[0].Content.Prompts.Select(prompt => prompt.Answer.Length)];
        var (shared, context) = new[] { Condition.It, Condition.Anchor }.Select(condition => UnitCost.Shared(plan.Units[0].Content.Prompts.Where(prompt => prompt.Condition == Condition.It == (condition == Condition.It)).Select(prompt => prompt.Tokens)))
            .Aggregate((a, b) => (a.Tokens + b.Tokens, a.Context + b.Context));
        double answers = lengths.Zip(extra, (after, run) => after * run + run * (run + 1) / 2.0).Sum();
        Assert.Equal(2 * 2 * 480 * (shared + 24) + 4 * 2 * 8 * (context + answers) + 2 * 267 * 8 * (6 + 24.0), plan.Cost.CaptureFlops, 1e-6);
    }

    public void Dispose() => _folder.Dispose();
}
