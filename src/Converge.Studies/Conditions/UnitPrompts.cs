using Converge.Engine;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;
using Converge.Studies.Demonstrations;
using Converge.Studies.Run;
using Converge.Studies.Spec;
using Converge.Studies.Tasks;

namespace Converge.Studies.Conditions;

/// <summary>The prompts and tuning rows of one unit, as text and as tokens.</summary>
public sealed record UnitPrompts
{
    /// <summary>All prompts: condition by condition in the order of <see cref="Condition"/>, within it query by query.</summary>
    public required IReadOnlyList<PromptRecord> Prompts { get; init; }

    /// <summary>The answers that are scored after the prompts.</summary>
    public required ScoredAnswers Answers { get; init; }

    /// <summary>The tokens of the answers that are scored after prompt <paramref name="prompt"/> of <see cref="Prompts"/>.</summary>
    public IReadOnlyList<int[]> AnswersAfter(int prompt) => Answers.After(prompt % (Prompts.Count / Conditions.All.Count));

    /// <summary>One tuning row a demonstration: its zero-shot prompt and its answer.</summary>
    public required IReadOnlyList<TuningRow> TuningRows { get; init; }

    /// <summary>Builds a run's prompts for one tokenizer.</summary>
    /// <exception cref="BadInputException">
    /// The tokenizer splits an answer oddly or differently after different prompts, labels cannot be told apart, or a prompt holds BOS other than at its beginning.
    /// </exception>
    public static UnitPrompts Build(Tokenizer tokenizer, TaskSpec task, RunDraw draw, TuningLoss loss, string where)
    {
        var template = task.Template;
        var shown = draw.Demonstrations.Select(example => (example.Text, example.Answer)).ToList();
        var zeroShot = draw.Queries.Select(query => template.ZeroShot(draw.Instruction, query.Text)).ToList();
        var inContext = draw.Queries.Select(query => template.InContext(draw.Instruction, shown, query.Text)).ToList();
        int[][] zeroShotTokens = [.. zeroShot.Select(text => Encode(tokenizer, text, where))];
        int[][] inContextTokens = [.. inContext.Select(text => Encode(tokenizer, text, where))];
        List<PromptRecord> Records(Condition condition, List<string> texts, int[][] tokens) =>
            [.. draw.Queries.Select((query, i) => new PromptRecord(condition, query.Id, texts[i], tokens[i], query.Answer))];
        (string Text, int[] Tokens)[] anchors = [.. zeroShot.Zip(zeroShotTokens)], learners = [.. inContext.Zip(inContextTokens)];
        return new UnitPrompts
        {
            // IT runs the anchor's very prompt, under an adapter.
            Prompts = [.. Records(Condition.Anchor, zeroShot, zeroShotTokens), .. Records(Condition.Icl, inContext, inContextTokens), .. Records(Condition.It, zeroShot, zeroShotTokens)],
            Answers = task.Labels is { } labels
                ? Labels(tokenizer, template, [.. labels.Select(label => label.Word)], draw.Queries, [.. anchors, .. learners], where)
                : References(tokenizer, template, draw.Queries, anchors, learners, where),
            TuningRows = [.. draw.Demonstrations.Select(example => Row(tokenizer, task, draw.Instruction, example, loss, where))],
        };
    }

    private static TuningRow Row(Tokenizer tokenizer, TaskSpec task, string instruction, Example example, TuningLoss loss, string where)
    {
        var prompt = task.Template.ZeroShot(instruction, example.Text);
        var promptTokens = Encode(tokenizer, prompt, where);
        var answer = AnswerTokens.Of(tokenizer, prompt, promptTokens, task.Template.AnswerOf(example.Answer), where);
        // No token follows the answer: the loss is on the answer's tokens only (METHOD, section 1).
        return new TuningRow([.. promptTokens, .. answer], loss == TuningLoss.Answer ? promptTokens.Length : 1);
    }

    private static LabelAnswers Labels(
        Tokenizer tokenizer, PromptTemplate template, IReadOnlyList<string> words, IReadOnlyList<Example> queries, IReadOnlyList<(string Text, int[] Tokens)> prompts, string where)
    {
        int[][] tokens = [.. words.Select(word => AnswerTokens.AfterAll(tokenizer, prompts, template.AnswerOf(word), where))];
        AnswerTokens.CheckDistinct(tokenizer, words, tokens, where);
        return new LabelAnswers(words, [.. queries.Select(query => query.Label!.Value)], tokens);
    }

    private static ReferenceAnswers References(
        Tokenizer tokenizer, PromptTemplate template, IReadOnlyList<Example> queries, (string Text, int[] Tokens)[] anchors, (string Text, int[] Tokens)[] learners, string where)
    {
        string[] texts = [.. queries.Select(query => template.AnswerOf(query.Answer))];
        return new ReferenceAnswers(texts, [.. queries.Select((query, i) =>
            AnswerTokens.AfterAll(tokenizer, [anchors[i], learners[i]], texts[i], $"{where}, query '{OneLine.Of(query.Id)}'"))]);
    }

    private static int[] Encode(Tokenizer tokenizer, string text, string where)
    {
        var tokens = tokenizer.Encode(text);
        if (tokenizer.BosId is not { } bos) return tokens;
        int count = tokens.Count(id => id == bos), wanted = tokenizer.AddsBos ? 1 : 0;
        return count == wanted ? tokens : throw new BadInputException(where, $"a prompt holds the BOS token {AnswerTokens.Show(tokenizer, [bos])} {count} times, expected {wanted}: its text spells it ('{OneLine.Of(text)}')",
            "Remove it from the template or the data; the tokenizer adds it by itself");
    }
}
