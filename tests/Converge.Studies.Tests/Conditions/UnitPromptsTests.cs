using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Conditions;

public sealed class UnitPromptsTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public UnitPromptsTests()
    {
        // One row of each kind leaves nothing to chance.
        _folder.Write("shown.tsv", "sentence\tlabel\n{label} \"warm\" \t1\n");
        _folder.Write("asked.tsv", "sentence\tlabel\nvile\t0\n");
        _folder.Change("task.yaml", "[Judge it., Good or bad?, Which is it?]", "[Judge it.]");
        _folder.Change("study.yaml", "count: 2", "count: 1");
        _folder.Change("study.yaml", "queries: 3", "queries: 1");
    }

    private PlannedUnit Unit(params string[] overrides) => _folder.Plan(overrides).Units[0];

    private string Refusal(params string[] overrides) => StudyFolder.Refusal(() => _folder.Plan(overrides));

    [Fact]
    public void Prompts_are_those_worked_by_hand()
    {
        const string zeroShot = "Judge it.\n\nIn: vile\nOut:";
        // Text that spells a placeholder stays as it is.
        const string inContext = "Judge it.\n\nIn: {label} \"warm\"\nOut: good\n\nIn: vile\nOut:";
        var unit = Unit();
        Assert.Equal([Condition.Anchor, Condition.Icl, Condition.It], unit.Content.Prompts.Select(prompt => prompt.Condition));
        Assert.Equal([zeroShot, inContext, zeroShot], unit.Content.Prompts.Select(prompt => prompt.Text));
        Assert.Equal([TinyModel.Tokens(zeroShot), TinyModel.Tokens(inContext), TinyModel.Tokens(zeroShot)], unit.Content.Prompts.Select(prompt => prompt.Tokens));
        Assert.All(unit.Content.Prompts, prompt => Assert.Equal(("asked:1", "bad"), (prompt.Query, prompt.Answer)));
        var answers = Assert.IsType<LabelAnswers>(unit.Content.Answers);
        Assert.Equal(["bad", "good"], answers.Words);
        Assert.Equal([TinyModel.Bytes(" bad"), TinyModel.Bytes(" good")], answers.Tokens);
        Assert.Equal([0], answers.Gold);
        Assert.Equal(["shown:1"], unit.Demonstrations);
    }

    [Fact]
    public void Tuning_rows_are_the_zero_shot_prompt_of_the_demonstration_with_its_answer()
    {
        const string prompt = "Judge it.\n\nIn: {label} \"warm\"\nOut:";
        var row = Assert.Single(Unit().Content.TuningRows);
        Assert.Equal(TinyModel.Tokens(prompt + " good"), row.Tokens);
        Assert.Equal(1 + prompt.Length, row.LossFrom);
        Assert.Equal(1, Assert.Single(Unit("tuning.loss=sequence").Content.TuningRows).LossFrom);
    }

    [Fact]
    public void The_instruction_may_be_left_out_of_the_icl_prompt_only()
    {
        var prompts = Unit("tasks.0.template.instruction_in_icl=false", "tasks.0.template.separator=\"\\n\"").Content.Prompts;
        Assert.Equal("Judge it.\n\nIn: vile\nOut:", prompts[0].Text);
        Assert.Equal("In: {label} \"warm\"\nOut: good\nIn: vile\nOut:", prompts[1].Text);
    }

    [Fact]
    public void A_label_that_joins_its_prompt_is_refused_with_its_tokens()
    {
        TinyModel.AddMerge(_folder.PathOf("model"), "Ġ", "b");
        var line = Refusal("tasks.0.template.query=\"In: {text}\\nOut: \"", "tasks.0.template.answer=\"{label}\"");
        Assert.Contains("task 'words' on model 'tiny': the tokenizer does not split the answer 'bad' from its prompt", line);
        Assert.Contains("the prompt ends in [35 'Ġ'], and with the answer in [259 'Ġb', 100 'a', 103 'd']", line);
    }

    [Fact]
    public void A_merge_inside_the_answer_is_no_fault()
    {
        TinyModel.AddMerge(_folder.PathOf("model"), "Ġ", "b");
        Assert.Equal([[259, .. TinyModel.Bytes("ad")], TinyModel.Bytes(" good")], Unit().Content.Answers.After(0));
    }

    [Fact]
    public void A_label_that_joins_the_prompt_of_some_rows_only_is_refused()
    {
        TinyModel.AddMerge(_folder.PathOf("model"), "e", "b");
        _folder.Write("asked.tsv", "sentence\tlabel\nviler\t0\nvile\t0\n");
        Assert.Contains("does not split the answer 'bad'", Refusal("queries=2", "tasks.0.template.query=\"{text}\"", "tasks.0.template.answer=\"{label}\""));
    }

    [Fact]
    public void A_label_that_begins_another_is_refused() =>
        Assert.Contains("the labels 'good' [35 'Ġ', 106 'g', 114 'o', 114 'o', 103 'd'] and 'goodness'", Refusal("tasks.0.labels={1: good, 0: goodness}"));

    [Fact]
    public void A_label_that_adds_nothing_is_refused() =>
        Assert.Contains("has no token of its own", Refusal("tasks.0.template.answer=\"{label}\"", "tasks.0.labels={1: good, 0: \"\"}"));

    [Fact]
    public void A_text_that_spells_the_BOS_token_is_refused()
    {
        _folder.Write("shown.tsv", "sentence\tlabel\n<s> warm\t1\n");
        Assert.Contains("a prompt holds the BOS token [1 '<s>'] 2 times, expected 1", Refusal());
    }

    [Fact]
    public void A_prompt_longer_than_the_model_is_refused_before_any_compute()
    {
        _folder.Write("asked.tsv", "sentence\tlabel\n" + new string('x', 300) + "\t0\n");
        // 1 + 11 for the instruction, 30 for the demonstration, 4 + 300 + 5 for the query.
        Assert.Contains("the icl prompt of run 0, query 'asked:1' has 351 tokens and its answer 5, more than the model's 256 positions", Refusal());
        _folder.Write("asked.tsv", "sentence\tlabel\n" + new string('x', 201) + "\t0\n");
        Assert.Contains("252 tokens and its answer 5", Refusal());
        _folder.Write("asked.tsv", "sentence\tlabel\n" + new string('x', 200) + "\t0\n");
        Assert.Equal(251, Unit().Content.Prompts[1].Tokens.Length);
    }

    public void Dispose() => _folder.Dispose();
}
