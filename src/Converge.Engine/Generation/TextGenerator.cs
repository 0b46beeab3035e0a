using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;

namespace Converge.Engine.Generation;

/// <summary>How a prompt was continued, as text.</summary>
/// <param name="Text">What follows the prompt, up to the first stop text.</param>
/// <param name="Tokens">The new tokens, those of a stop text included.</param>
/// <param name="Reason">Why it ends there.</param>
public sealed record GeneratedText(string Text, int[] Tokens, StopReason Reason);

/// <summary>Continues prompts greedily until a text, an end token or a number of tokens.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
public sealed class TextGenerator(LanguageModel model, Tokenizer tokenizer)
{
    /// <summary>
    /// The tokens that end a text: those of <c>config.json</c> and that of the tokenizer; and the ids above the tokenizer's that a padded output layer has, since they
    /// spell nothing.
    /// </summary>
    public IReadOnlySet<int> StopTokens { get; } = new HashSet<int>(
        [.. model.Config.EosIds, .. tokenizer.EosId is { } eos ? [eos] : Array.Empty<int>(), .. Enumerable.Range(tokenizer.VocabSize, Math.Max(0, model.Config.VocabSize - tokenizer.VocabSize))]);

    /// <summary>Continues prompts.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="maxNewTokens">The most tokens added to each.</param>
    /// <param name="stops">Texts that end a continuation where they first come; none of them is empty.</param>
    /// <param name="adapters">The adapters that prompts may run under.</param>
    /// <param name="progress">Told the number of prompts done so far, if given.</param>
    /// <param name="cancellation">Stops between layers.</param>
    /// <exception cref="BadInputException">As <see cref="LanguageModel.Generate"/>.</exception>
    public IReadOnlyList<GeneratedText> Run(
        IReadOnlyList<Prompt> prompts, int maxNewTokens, IReadOnlyList<string> stops, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        Run(prompts, [.. Enumerable.Repeat(maxNewTokens, prompts.Count)], stops, adapters, progress, cancellation);

    /// <summary>As above, with a number of tokens for every prompt.</summary>
    public IReadOnlyList<GeneratedText> Run(
        IReadOnlyList<Prompt> prompts, IReadOnlyList<int> maxNewTokens, IReadOnlyList<string> stops, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        if (stops.Any(string.IsNullOrEmpty)) throw new ArgumentException("a stop text is empty", nameof(stops));
        bool Ends(int prompt, IReadOnlyList<int> tokens) => stops.Count > 0 && FirstStop(TextAfter(prompts[prompt], tokens), stops) >= 0;
        var request = new GenerationRequest
        {
            MaxNewTokens = maxNewTokens.Max(),
            StopTokens = StopTokens,
            Stop = (prompt, tokens) => tokens.Count >= maxNewTokens[prompt] || Ends(prompt, tokens),
        };
        var generated = model.Generate(prompts, request, adapters, progress, cancellation);
        return [.. generated.Select((item, i) => new GeneratedText(Cut(TextAfter(prompts[i], item.Tokens), stops), item.Tokens,
            item.Reason == StopReason.Condition && !Ends(i, item.Tokens) ? StopReason.Length : item.Reason))];
    }

    // Decoded after the prompt's last token, because a token at the beginning of a text may lose its space.
    private string TextAfter(Prompt prompt, IReadOnlyList<int> tokens)
    {
        var before = tokenizer.Decode([prompt.Tokens[^1]]);
        var whole = tokenizer.Decode([prompt.Tokens[^1], .. tokens]);
        return whole.StartsWith(before, StringComparison.Ordinal) ? whole[before.Length..] : tokenizer.Decode(tokens);
    }

    private static string Cut(string text, IReadOnlyList<string> stops) => FirstStop(text, stops) is var at and >= 0 ? text[..at] : text;

    private static int FirstStop(string text, IReadOnlyList<string> stops)
    {
        var found = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).ToList();
        return found.Count == 0 ? -1 : found.Min();
    }
}
