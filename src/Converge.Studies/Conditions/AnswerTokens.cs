using Converge.Engine;
using Converge.Engine.Tokenizers;
using Converge.Studies.Spec;

namespace Converge.Studies.Conditions;

/// <summary>The tokens of answers as they follow prompts, and the checks that make their probabilities comparable.</summary>
public static class AnswerTokens
{
    /// <summary>The tokens of <paramref name="answer"/> after <paramref name="prompt"/>: those of both together without those of the prompt.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="promptTokens">The prompt's tokens.</param>
    /// <param name="answer">The answer, with the space that precedes it.</param>
    /// <param name="where">The task and model, for messages.</param>
    /// <exception cref="BadInputException">
    /// The tokenizer splits the two together in another way than the prompt alone, or the answer has no token, an unknown one, or BOS.
    /// </exception>
    public static int[] Of(Tokenizer tokenizer, string prompt, int[] promptTokens, string answer, string where)
    {
        var together = tokenizer.Encode(prompt + answer);
        if (together.Length < promptTokens.Length || !together.AsSpan(0, promptTokens.Length).SequenceEqual(promptTokens))
        {
            int same = promptTokens.AsSpan().CommonPrefixLength(together);
            throw new BadInputException(where, $"the tokenizer does not split the answer '{OneLine.Of(answer)}' from its prompt: the prompt ends in {Show(tokenizer, promptTokens[same..])}, and with the answer in {Show(tokenizer, together[same..])}",
                "Begin the template's 'answer' with the space and end 'query' without one");
        }
        var tokens = together[promptTokens.Length..];
        if (tokens.Length == 0) throw new BadInputException(where, $"the answer '{OneLine.Of(answer)}' has no token of its own", "Choose another answer");
        if (tokenizer.UnknownId is { } unknown && tokens.Contains(unknown))
            throw new BadInputException(where, $"the tokenizer cannot spell the answer '{OneLine.Of(answer)}': its tokens are {Show(tokenizer, tokens)}", "Choose answers of this tokenizer's script");
        if (tokenizer.BosId is { } bos && tokens.Contains(bos))
            throw new BadInputException(where, $"the answer '{OneLine.Of(answer)}' spells the BOS token: its tokens are {Show(tokenizer, tokens)}", "Remove it from the data");
        return tokens;
    }

    /// <summary>The tokens of <paramref name="answer"/>, which must be the same after each of some prompts.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="prompts">The prompts with their tokens; at least one.</param>
    /// <param name="answer">The answer, with the space that precedes it.</param>
    /// <param name="where">The task and model, for messages.</param>
    /// <exception cref="BadInputException">As <see cref="Of"/>, or the tokens differ.</exception>
    public static int[] AfterAll(Tokenizer tokenizer, IEnumerable<(string Text, int[] Tokens)> prompts, string answer, string where)
    {
        int[]? first = null;
        foreach (var (text, promptTokens) in prompts)
        {
            int[] tokens = Of(tokenizer, text, promptTokens, answer, where);
            first ??= tokens;
            if (!tokens.AsSpan().SequenceEqual(first))
                throw new BadInputException(where, $"the answer '{OneLine.Of(answer)}' is {Show(tokenizer, first)} after one prompt and {Show(tokenizer, tokens)} after another",
                    "End the template's 'query' with fixed text, such as ':'");
        }
        return first!;
    }

    /// <summary>Checks that the labels' tokens can be told apart: no two are equal, and none begins another.</summary>
    /// <exception cref="BadInputException">They cannot.</exception>
    public static void CheckDistinct(Tokenizer tokenizer, IReadOnlyList<string> words, IReadOnlyList<int[]> tokens, string where)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            for (int j = 0; j < tokens.Count; j++)
            {
                if (i == j || !tokens[j].AsSpan().StartsWith(tokens[i])) continue;
                var relation = tokens[i].Length == tokens[j].Length ? "are the same tokens" : "begin alike to the end of the first";
                throw new BadInputException(where, $"the labels '{OneLine.Of(words[i])}' {Show(tokenizer, tokens[i])} and '{OneLine.Of(words[j])}' {Show(tokenizer, tokens[j])} {relation}", "Choose label words of which none begins another");
            }
        }
    }

    /// <summary>Token ids with their pieces, for messages.</summary>
    public static string Show(Tokenizer tokenizer, IReadOnlyList<int> tokens) =>
        tokens.Count == 0 ? "[]" : $"[{string.Join(", ", tokens.Take(8).Select(id => $"{id} '{OneLine.Of(tokenizer.Piece(id))}'"))}{(tokens.Count > 8 ? ", ..." : "")}]";
}
