using Converge.Engine.Generation;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Plan;
using Converge.Studies.Tasks;

namespace Converge.Studies.Run;

/// <summary>
/// Answers by greedy decoding. One ends at a line feed, where the next demonstration would begin, at an end token, or with as many tokens as the reference has [ours]:
/// no token after the answer is tuned on, so that tuning teaches what to say and not when to stop.
/// </summary>
internal static class DecodedAnswers
{
    /// <summary>The texts that end an answer: a line feed, and the separator where it holds more than spaces.</summary>
    public static IReadOnlyList<string> EndsOf(PromptTemplate template) => string.IsNullOrWhiteSpace(template.Separator) ? ["\n"] : ["\n", template.Separator];

    /// <summary>The answers of one condition.</summary>
    /// <param name="model">The model; where all weights were tuned and IT is asked for, the tuned one.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="unit">The unit; its task has no labels.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="adapter">The adapter that its prompts run under; null: none.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public static DecodedTexts Of(LanguageModel model, Tokenizer tokenizer, PlannedUnit unit, Condition condition, LoraAdapter? adapter, CancellationToken cancellation)
    {
        List<Prompt> prompts = [.. unit.Content.Prompts.Where(prompt => prompt.Condition == condition).Select((prompt, query) => new Prompt($"{query}", prompt.Tokens, adapter is null ? -1 : 0))];
        int[] most = [.. Enumerable.Range(0, prompts.Count).Select(query => unit.Content.Answers.RightAnswer(query).Length)];
        var answers = new TextGenerator(model, tokenizer).Run(prompts, most, unit.AnswerEnds, adapter is null ? [] : [adapter], cancellation: cancellation);
        return new DecodedTexts(condition, [.. answers.Select(answer => answer.Text.Trim())]);
    }
}
