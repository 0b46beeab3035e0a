using System.Text.Json.Nodes;
using Converge.Engine;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;

namespace Converge.Cli.Inspect;

/// <summary>Whether a tokenizer fits a model: its size against the embedding, exactly one BOS, and texts that come back as they were.</summary>
/// <param name="Facts">What was seen.</param>
/// <param name="Problems">What would spoil results.</param>
/// <param name="Data">The same for machines.</param>
internal sealed record TokenizerCheck(IReadOnlyList<string> Facts, IReadOnlyList<string> Problems, JsonObject Data)
{
    private static readonly string[] Texts = ["The film was not bad at all.", "two  spaces, a tab\tand a\nnew line", "Žluťoučký kůň, 3.14 € and 漢字", "end with a space "];

    /// <summary>Checks the tokenizer in <paramref name="directory"/> against a model's shape.</summary>
    public static TokenizerCheck Of(string directory, ModelConfig config)
    {
        Tokenizer tokenizer;
        try
        {
            tokenizer = Tokenizer.Load(directory);
        }
        catch (BadInputException error)
        {
            return new([], [$"tokenizer: {error.What}; texts cannot be run, token ids can"], new JsonObject { ["error"] = error.What });
        }
        var facts = new List<string> { $"vocabulary {tokenizer.VocabSize}, BOS {Show(tokenizer.BosId)}{(tokenizer.AddsBos ? " put in front" : " not added")}, EOS {Show(tokenizer.EosId)}" };
        var problems = new List<string>();
        if (tokenizer.VocabSize > config.VocabSize) problems.Add($"the tokenizer has ids up to {tokenizer.VocabSize - 1}, the embedding only {config.VocabSize} rows");
        if (config.BosId is { } wanted && tokenizer.BosId is { } has && wanted != has) problems.Add($"config.json says BOS is {wanted}, the tokenizer says {has}");
        int exact = 0;
        foreach (var text in Texts)
        {
            var ids = tokenizer.Encode(text);
            var back = tokenizer.Decode(ids);
            if (back == text) exact++;
            else facts.Add($"changes '{text}' into '{back}'");
            int begins = ids.Count(id => id == tokenizer.BosId);
            if (tokenizer.AddsBos && begins != 1) problems.Add($"'{text}' gets {begins} BOS tokens");
        }
        facts.Insert(1, $"{exact} of {Texts.Length} texts come back as they were");
        return new(facts, problems, new JsonObject
        {
            ["vocab_size"] = tokenizer.VocabSize,
            ["bos_id"] = tokenizer.BosId,
            ["eos_id"] = tokenizer.EosId,
            ["adds_bos"] = tokenizer.AddsBos,
            ["round_trips"] = exact,
            ["round_trips_tried"] = Texts.Length,
            ["digest"] = tokenizer.Digest,
        });
    }

    private static string Show(int? id) => id?.ToString() ?? "none";
}
