using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Run;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Conditions;

public sealed class LevelPromptsTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public LevelPromptsTests() => _folder.Change("task.yaml", "[Judge it., Good or bad?, Which is it?]", "[Judge it.]");

    private (PlannedUnit Own, PlannedUnit Level) Units(string level, params string[] overrides)
    {
        var units = _folder.WithLevel(level).Plan(["runs=1", .. overrides]).Units;
        return (units[0], Assert.Single(units, unit => unit.Key.Factor == "f"));
    }

    private static PromptRecord[] Prompts(PlannedUnit unit, Condition condition) => [.. unit.Content.Prompts.Where(prompt => prompt.Condition == condition)];

    [Fact]
    public void References_stand_beside_the_three_conditions()
    {
        var (own, _) = Units("context: demonstrations");
        Assert.Equal([Condition.Anchor, Condition.Icl, Condition.It, Condition.IclOther, Condition.IclReordered], own.Content.Conditions);
        Assert.Equal(5 * 3, own.Content.Prompts.Count);
        // Byte for byte as long, since the order alone differs.
        Assert.Equal(Prompts(own, Condition.Icl).Select(prompt => prompt.Tokens.Length), Prompts(own, Condition.IclReordered).Select(prompt => prompt.Tokens.Length));
        Assert.All(Prompts(own, Condition.Icl).Zip(Prompts(own, Condition.IclReordered)), pair => Assert.NotEqual(pair.First.Text, pair.Second.Text));
    }

    [Fact]
    public void Random_tokens_stand_where_the_demonstrations_stood()
    {
        var (own, level) = Units("context: random_tokens");
        foreach (var ((shown, random), anchor) in Prompts(own, Condition.Icl).Zip(Prompts(level, Condition.Icl)).Zip(Prompts(level, Condition.Anchor)))
        {
            Assert.Equal(shown.Tokens.Length, random.Tokens.Length);
            int head = TinyModel.Tokens("Judge it.\n\n").Length, added = random.Tokens.Length - anchor.Tokens.Length;
            Assert.Equal(anchor.Tokens, random.Tokens[..head].Concat(random.Tokens[(head + added)..]));
            Assert.DoesNotContain(random.Tokens[head..(head + added)], token => token <= 2);
        }
        var queries = Prompts(level, Condition.Icl);
        Assert.Equal(queries[0].Tokens[..30], queries[1].Tokens[..30]);
        Assert.NotEqual(queries[0].Tokens[11..30], Prompts(level, Condition.IclOther)[0].Tokens[11..30]);
        // The model is tuned on the demonstrations all the same.
        Assert.Equal(own.Content.TuningRows.Select(row => row.Tokens), level.Content.TuningRows.Select(row => row.Tokens));
    }

    [Fact]
    public void Random_tuning_rows_are_as_long_and_count_as_many_tokens()
    {
        var (own, level) = Units("tuning: {data: random_tokens}");
        Assert.Equal(own.Content.Prompts.Select(prompt => prompt.Text), level.Content.Prompts.Select(prompt => prompt.Text));
        foreach (var (real, random) in own.Content.TuningRows.Zip(level.Content.TuningRows))
        {
            Assert.Equal((real.Tokens.Length, real.LossFrom, 1), (random.Tokens.Length, random.LossFrom, random.Tokens[0]));
            Assert.InRange(real.Tokens.Zip(random.Tokens).Count(pair => pair.First == pair.Second), 1, 5);
        }
        Assert.NotEqual(level.Content.TuningRows[0].Tokens[1..9], level.Content.TuningRows[1].Tokens[1..9]);
    }

    [Fact]
    public void Without_answers_the_prompt_itself_is_learnt()
    {
        var (own, level) = Units("demonstrations: {content: no_label}");
        Assert.All(level.Content.TuningRows.Zip(own.Content.TuningRows), pair =>
        {
            Assert.Equal(1, pair.First.LossFrom);
            Assert.Equal(pair.Second.Tokens[..pair.Second.LossFrom], pair.First.Tokens);
        });
        Assert.Matches("^Judge it.\n\nIn: \\w+\nOut:\n\nIn: \\w+\nOut:\n\nIn: \\w+\nOut:$", Prompts(level, Condition.Icl)[0].Text);
    }

    [Fact]
    public void The_instruction_may_be_left_out_of_IT()
    {
        var (own, level) = Units("template: {instruction_in_it: false}");
        Assert.Equal(Prompts(own, Condition.Anchor).Select(prompt => prompt.Text), Prompts(level, Condition.Anchor).Select(prompt => prompt.Text));
        Assert.All(Prompts(level, Condition.It), prompt => Assert.Matches("^In: \\w+\nOut:$", prompt.Text));
        Assert.All(level.Content.TuningRows, row => Assert.Equal(TinyModel.Tokens("In"), row.Tokens[..3]));
    }

    [Fact]
    public void Another_tasks_demonstrations_are_shown_and_tuned_on_in_its_own_words()
    {
        _folder.Change("lexicon.yaml", "query: \"In: {text}\\nOut:\"", "query: \"English: {text}\\nOther:\"");
        var (_, level) = Units("demonstrations: {task: lexicon}");
        Assert.Matches("^Judge it.\n\n(English: \\w+\nOther: \\w+\n\n){2}In: \\w+\nOut:$", Prompts(level, Condition.Icl)[0].Text);
        Assert.All(level.Demonstrations, id => Assert.StartsWith("known:", id, StringComparison.Ordinal));
        var answers = Assert.IsType<LabelAnswers>(level.Content.Answers);
        Assert.Equal(["bad", "good"], answers.Words);
    }

    public void Dispose() => _folder.Dispose();
}
