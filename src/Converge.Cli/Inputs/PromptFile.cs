using Converge.Engine;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;

namespace Converge.Cli.Inputs;

/// <summary>A prompt as a file gives it.</summary>
/// <param name="Where">The file and line.</param>
/// <param name="Id">The prompt's name, unique in the file.</param>
/// <param name="Text">The text, where the file gives one.</param>
/// <param name="Tokens">The token ids that are run.</param>
internal sealed record PromptLine(string Where, string Id, string? Text, int[] Tokens);

/// <summary>Reads prompts: <c>{"id": "a", "text": "..."}</c> or <c>{"id": "a", "tokens": [1, 2]}</c> a line; where both are given the tokens count.</summary>
internal static class PromptFile
{
    /// <summary>The prompts of <paramref name="path"/>, checked against the model's shape. The tokenizer is asked for at the first text.</summary>
    /// <exception cref="BadInputException">
    /// A line is malformed, a prompt is empty, too long or has a token out of range, or an id comes twice. The message names the line.
    /// </exception>
    public static List<PromptLine> Read(string path, ModelConfig config, Lazy<Tokenizer> tokenizer)
    {
        var seen = new Dictionary<string, string>();
        var prompts = new List<PromptLine>();
        foreach (var line in JsonLines.Read(path))
        {
            var id = line.Text("id") ?? throw line.Lacks("\"id\"");
            if (id.Length == 0) throw new BadInputException(line.Where, "the id is empty", "Give every prompt a name of its own");
            if (!seen.TryAdd(id, line.Where)) throw new BadInputException(line.Where, $"the id \"{id}\" was given before, at {seen[id]}", "Give every prompt a name of its own");
            var text = line.Text("text");
            if (text is { Length: 0 }) throw new BadInputException(line.Where, "the prompt is empty", "Give it some text or at least one token");
            var tokens = line.Tokens("tokens") ?? (text is null ? throw line.Lacks("\"text\" or \"tokens\"") : tokenizer.Value.Encode(text));
            TokenCheck.Require(line.Where, tokens, config);
            prompts.Add(new PromptLine(line.Where, id, text, tokens));
        }
        return prompts;
    }
}
