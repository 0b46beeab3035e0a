using Converge.Engine.Tokenizers;
using Converge.Studies.Demonstrations;
using Converge.Studies.Tasks;

namespace Converge.Studies.Conditions;

/// <summary>The prompts of one condition before they are bound to queries.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Texts">For each query, the text.</param>
/// <param name="Tokens">For each query, the tokens.</param>
/// <param name="IsText">Whether the tokens are those of the text; otherwise the text is only how the tokens read.</param>
internal sealed record ContextPrompts(Condition Condition, IReadOnlyList<string> Texts, IReadOnlyList<int[]> Tokens, bool IsText = true)
{
    /// <summary>
    /// Prompts in which random tokens stand for the demonstrations (C5): the prompt without demonstrations, and between instruction and query as many
    /// tokens as the demonstrations add to it. The queries of a unit share them, as they share demonstrations.
    /// </summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The task's template.</param>
    /// <param name="draw">The unit's draw.</param>
    /// <param name="shown">The prompts with the demonstrations themselves.</param>
    /// <param name="encode">Gives a text's tokens.</param>
    public static ContextPrompts Random(Tokenizer tokenizer, PromptTemplate template, UnitDraw draw, ContextPrompts shown, Func<string, int[]> encode)
    {
        int[][] bare = [.. draw.Queries.Select(query => encode(template.InContext(draw.Instruction, [], query.Text)))];
        int[] instruction = encode(template.InstructionInIcl ? template.InstructionOf(draw.Instruction) : "");
        int longest = shown.Tokens.Zip(bare, (full, short_) => full.Length - short_.Length).Max();
        int[] random = new RandomTokens(tokenizer).Of(draw.TokenSeed, (ulong)shown.Condition, longest);
        int[][] tokens = [.. bare.Zip(shown.Tokens, (prompt, full) =>
        {
            int place = prompt.AsSpan().CommonPrefixLength(instruction);
            return (int[])[.. prompt[..place], .. random[..(full.Length - prompt.Length)], .. prompt[place..]];
        })];
        return new ContextPrompts(shown.Condition, [.. tokens.Select(ids => tokenizer.Decode(ids))], tokens, IsText: false);
    }
}
