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
    /// <summary>The unit's conditions: anchor, ICL and IT, and the references that the study asks for.</summary>
    public required IReadOnlyList<Condition> Conditions { get; init; }

    /// <summary>All prompts: condition by condition in the order of <see cref="Conditions"/>, within it query by query.</summary>
    public required IReadOnlyList<PromptRecord> Prompts { get; init; }

    /// <summary>The answers that are scored after the prompts.</summary>
    public required ScoredAnswers Answers { get; init; }

    /// <summary>The tokens of the answers that are scored after prompt <paramref name="prompt"/> of <see cref="Prompts"/>.</summary>
    public IReadOnlyList<int[]> AnswersAfter(int prompt) => Answers.After(prompt % (Prompts.Count / Conditions.Count));

    /// <summary>For each query, how many tokens at the end of its prompts are its own.</summary>
    public required IReadOnlyList<int> QueryTokens { get; init; }

    /// <summary>One tuning row a demonstration: its zero-shot prompt and its answer.</summary>
    public required IReadOnlyList<TuningRow> TuningRows { get; init; }

    /// <summary>Builds a unit's prompts for one tokenizer.</summary>
    /// <exception cref="BadInputException">
    /// The tokenizer splits an answer oddly or differently after different prompts, labels cannot be told apart, or a prompt holds BOS other than at its beginning.
    /// </exception>
    public static UnitPrompts Build(Tokenizer tokenizer, TaskSpec task, UnitDraw draw, UnitSettings settings, string where)
    {
        var template = settings.TemplateOf(task);
        ContextPrompts Plain(Condition condition, Func<Example, string> text)
        {
            List<string> texts = [.. draw.Queries.Select(text)];
            return new ContextPrompts(condition, texts, [.. texts.Select(one => Encode(tokenizer, one, where))]);
        }
        ContextPrompts InContext(Condition condition, IReadOnlyList<Demonstration> demonstrations)
        {
            var shown = Plain(condition, query => template.InContext(draw.Instruction, demonstrations.Select(demonstration => demonstration.Block), query.Text));
            return settings.Context == ContextSource.Demonstrations ? shown : ContextPrompts.Random(tokenizer, template, draw, shown, text => Encode(tokenizer, text, where));
        }
        var anchor = Plain(Condition.Anchor, query => template.ZeroShot(draw.Instruction, query.Text));
        // IT runs the anchor's very prompt, under an adapter, unless the template leaves the instruction out of it.
        var tuned = template.InstructionInIt ? anchor with { Condition = Condition.It } : Plain(Condition.It, query => template.Tuned(draw.Instruction, query.Text));
        List<ContextPrompts> parts = [anchor, InContext(Condition.Icl, draw.Demonstrations), tuned];
        if (draw.Others is { } others) parts.Add(InContext(Condition.IclOther, others));
        if (draw.Reordered is { } reordered) parts.Add(InContext(Condition.IclReordered, reordered));
        return new UnitPrompts
        {
            Conditions = [.. parts.Select(part => part.Condition)],
            Prompts = [.. parts.SelectMany(part => draw.Queries.Select((query, i) => new PromptRecord(part.Condition, query.Id, part.Texts[i], part.Tokens[i], query.Answer)))],
            Answers = task.Labels is { } labels
                ? Labels(tokenizer, template, [.. labels.Select(label => label.Word)], draw.Queries, parts, where)
                : References(tokenizer, template, draw.Queries, parts, where),
            QueryTokens = QueryLengths(anchor.Tokens, Encode(tokenizer, template.InstructionOf(draw.Instruction), where)),
            TuningRows = Rows(tokenizer, draw, settings.Tuning, where),
        };
    }

    /// <summary>The tokens of the ICL prompts of a draw's queries with demonstrations in some order.</summary>
    /// <exception cref="BadInputException">A prompt holds BOS other than at its beginning.</exception>
    internal static IReadOnlyList<int[]> InOrder(Tokenizer tokenizer, PromptTemplate template, UnitDraw draw, IReadOnlyList<Demonstration> order, string where) =>
        [.. draw.Queries.Select(query => Encode(tokenizer, template.InContext(draw.Instruction, order.Select(demonstration => demonstration.Block), query.Text), where))];

    // What a zero-shot prompt has beyond its instruction.
    private static IReadOnlyList<int> QueryLengths(IReadOnlyList<int[]> zeroShot, int[] instruction) =>
        [.. zeroShot.Select(tokens => tokens.Length - tokens.AsSpan(0, tokens.Length - 1).CommonPrefixLength(instruction))];

    private static TuningRow[] Rows(Tokenizer tokenizer, UnitDraw draw, TuningSpec tuning, string where)
    {
        TuningRow[] rows = [.. draw.Tuned.Select(demonstration => Row(tokenizer, demonstration, tuning.Loss, where))];
        if (tuning.Data != TuningData.RandomTokens) return rows;
        var random = new RandomTokens(tokenizer);
        int kept = tokenizer.AddsBos ? 1 : 0;
        // The length and the number of tokens that count stay; a stream of its own keeps the rows apart from the tokens of contexts.
        return [.. rows.Select((row, i) => row with { Tokens = [.. row.Tokens[..kept], .. random.Of(draw.TokenSeed, ~(ulong)i, row.Tokens.Length - kept)] })];
    }

    private static TuningRow Row(Tokenizer tokenizer, Demonstration demonstration, TuningLoss loss, string where)
    {
        var prompt = demonstration.TuningPrompt;
        var promptTokens = Encode(tokenizer, prompt, where);
        // Without an answer to learn the loss falls on the prompt itself.
        if (demonstration.Answer is null) return new TuningRow(promptTokens, 1);
        var answer = AnswerTokens.Of(tokenizer, prompt, promptTokens, demonstration.AnswerBlock, where);
        // No token follows the answer: the loss is on the answer's tokens only (METHOD, section 1).
        return new TuningRow([.. promptTokens, .. answer], loss == TuningLoss.Answer ? promptTokens.Length : 1);
    }

    private static LabelAnswers Labels(
        Tokenizer tokenizer, PromptTemplate template, IReadOnlyList<string> words, IReadOnlyList<Example> queries, IReadOnlyList<ContextPrompts> parts, string where)
    {
        (string Text, int[] Tokens)[] prompts = [.. Read(parts).SelectMany(part => part.Texts.Zip(part.Tokens))];
        int[][] tokens = [.. words.Select(word => AnswerTokens.AfterAll(tokenizer, prompts, template.AnswerOf(word), where))];
        AnswerTokens.CheckDistinct(tokenizer, words, tokens, where);
        return new LabelAnswers(words, [.. queries.Select(query => query.Label!.Value)], tokens);
    }

    private static ReferenceAnswers References(Tokenizer tokenizer, PromptTemplate template, IReadOnlyList<Example> queries, IReadOnlyList<ContextPrompts> parts, string where)
    {
        string[] texts = [.. queries.Select(query => template.AnswerOf(query.Answer))];
        ContextPrompts[] read = [.. Read(parts)];
        return new ReferenceAnswers(texts, [.. queries.Select((query, i) =>
            AnswerTokens.AfterAll(tokenizer, read.Select(part => (part.Texts[i], part.Tokens[i])), texts[i], $"{where}, query '{OneLine.Of(query.Id)}'"))]);
    }

    // The prompts whose tokens are those of a text, each once: IT usually runs the anchor's.
    private static IEnumerable<ContextPrompts> Read(IEnumerable<ContextPrompts> parts) => parts.Where(part => part.IsText).DistinctBy(part => part.Tokens);

    private static int[] Encode(Tokenizer tokenizer, string text, string where)
    {
        var tokens = tokenizer.Encode(text);
        if (tokenizer.BosId is not { } bos) return tokens;
        int count = tokens.Count(id => id == bos), wanted = tokenizer.AddsBos ? 1 : 0;
        return count == wanted ? tokens : throw new BadInputException(where, $"a prompt holds the BOS token {AnswerTokens.Show(tokenizer, [bos])} {count} times, expected {wanted}: its text spells it ('{OneLine.Of(text)}')",
            "Remove it from the template or the data; the tokenizer adds it by itself");
    }
}
