using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Conditions;

/// <summary>Which tokens of the demonstrations M8 compares. The tokenizer's tokens are bytes.</summary>
public sealed class TrainingTokensTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public TrainingTokensTests() => _folder.Change("task.yaml", "[Judge it., Good or bad?, Which is it?]", "[Judge it.]");

    private PlannedUnit Unit(params string[] overrides) => _folder.Plan(["runs=1", "metrics=[training_attention]", .. overrides]).Units[0];

    [Fact]
    public void They_are_all_of_every_demonstration_and_nothing_of_instruction_separator_and_query()
    {
        var unit = Unit();
        int[] prompt = Icl(unit);
        string shown = "", texts = unit.Content.Prompts.First(one => one.Condition == Condition.Icl).Text;
        foreach (var block in texts.Split("\n\n")[1..3]) shown += block;
        Assert.Equal(TinyModel.Bytes(shown), unit.TrainingTokens.Select(token => prompt[token.InContext]));
        Assert.Equal(TinyModel.Bytes(shown), unit.TrainingTokens.Select(token => unit.Content.TuningRows[token.Row].Tokens[token.InRow]));
        Assert.Equal([0, 1], unit.TrainingTokens.Select(token => token.Row).Distinct());
        // BOS, then "Judge it." and two line feeds, in both places.
        Assert.Equal((12, 12), (unit.TrainingTokens[0].InContext, unit.TrainingTokens[0].InRow));
    }

    [Fact]
    public void What_the_tokenizer_joins_with_its_surroundings_is_left_out()
    {
        // The separator "x" and the "I" after it become one piece in the prompt, but not after the instruction, where a row has its "I".
        const string Separator = "tasks.0.template.separator=x";
        var whole = Unit(Separator);
        TinyModel.AddMerge(_folder.PathOf("model"), "x", "I");
        var unit = Unit(Separator);
        Assert.Equal(whole.TrainingTokens.Count - 1, unit.TrainingTokens.Count);
        Assert.All(unit.TrainingTokens, token => Assert.Equal(Icl(unit)[token.InContext], unit.Content.TuningRows[token.Row].Tokens[token.InRow]));
        int ofFirst = whole.TrainingTokens.Count(token => token.Row == 0);
        Assert.Equal(TinyModel.Bytes("I")[0], Icl(whole)[whole.TrainingTokens[ofFirst].InContext]);
        Assert.Equal(TinyModel.Bytes("n")[0], Icl(unit)[unit.TrainingTokens[ofFirst].InContext]);
    }

    [Fact]
    public void Where_answers_are_shuffled_the_inputs_remain()
    {
        foreach (var unit in _folder.Plan("runs=5", "metrics=[training_attention]", "tuning.data=shuffled_answers").Units)
        {
            Assert.All(unit.TrainingTokens, token => Assert.Equal(Icl(unit)[token.InContext], unit.Content.TuningRows[token.Row].Tokens[token.InRow]));
            string input = unit.Content.Prompts.First(one => one.Condition == Condition.Icl).Text.Split("\n\n")[1].Split("\nOut:")[0] + "\nOut: ";
            Assert.Equal(TinyModel.Bytes(input), unit.TrainingTokens.Take(input.Length).Select(token => Icl(unit)[token.InContext]));
        }
    }

    [Theory]
    [InlineData("context=random_tokens")]
    [InlineData("tuning.data=random_tokens")]
    [InlineData("position=label")]
    public void There_are_none_where_tuning_and_prompt_have_nothing_in_common(string change)
    {
        var unit = Unit(change);
        Assert.Empty(unit.TrainingTokens);
        Assert.Empty(unit.Metrics);
    }

    [Fact]
    public void A_common_subsequence_keeps_the_order_of_both()
    {
        Assert.Equal([(0, 0), (2, 1), (3, 3)], TrainingTokens.Common([1, 9, 2, 3], [1, 2, 8, 3]));
        Assert.Single(TrainingTokens.Common([5, 6], [6, 5]));
        Assert.Empty(TrainingTokens.Common([1, 2], [3]));
    }

    private static int[] Icl(PlannedUnit unit) => unit.Content.Prompts.First(prompt => prompt.Condition == Condition.Icl).Tokens;

    public void Dispose() => _folder.Dispose();
}
