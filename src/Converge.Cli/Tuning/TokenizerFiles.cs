using Converge.Engine;

namespace Converge.Cli.Tuning;

/// <summary>The files beside a checkpoint's weights that make it usable: its tokenizer and its generation defaults.</summary>
internal static class TokenizerFiles
{
    private static readonly string[] Names =
    [
        "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
        "chat_template.jinja", "generation_config.json",
    ];

    /// <summary>Copies those of <paramref name="from"/> that are there into <paramref name="to"/>, each whole or not at all.</summary>
    /// <exception cref="BadInputException">A file cannot be written.</exception>
    public static void Copy(string from, string to)
    {
        foreach (var name in Names)
        {
            var source = Path.Combine(from, name);
            if (!File.Exists(source)) continue;
            using var stream = File.OpenRead(source);
            AtomicFile.Write(Path.Combine(to, name), stream.CopyTo);
        }
    }
}
