using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Inputs;
using Converge.Cli.Options;
using Converge.Engine.Tokenizers;

namespace Converge.Cli.Verbs;

/// <summary><c>converge tokenize</c>: texts in, token ids and their decoding out.</summary>
internal sealed class TokenizeVerb : Verb
{
    private readonly Option<string> _tokenizer = Opt.Required("--tokenizer", "DIR", "A folder with tokenizer.json or tokenizer.model; weights are not needed");
    private readonly Option<string> _texts = Opt.Required("--texts", "FILE", "JSONL: {\"text\": \"...\"} a line");
    private readonly Option<string> _out = Opt.Required("--out", "FILE", "JSONL: {\"text\": \"...\", \"ids\": [...], \"decoded\": \"...\"} a line, in the same order");
    private readonly Option<bool> _noSpecial = Opt.Switch("--no-special", "Do not add the special tokens (BOS) that the model wants");

    public TokenizeVerb()
        : base("tokenize", VerbGroup.Look, "Texts in, token ids and their decoding out", """
            printf '{"text": "The film was"}\n' > texts.jsonl
            converge tokenize --tokenizer models/pocket --texts texts.jsonl --out ids.jsonl
            """)
    {
        foreach (var option in new Option[] { _tokenizer, _texts, _out, _noSpecial }) Add(option);
    }

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var tokenizer = Tokenizer.Load(arguments.GetRequiredValue(_tokenizer));
        var texts = JsonLines.Read(arguments.GetRequiredValue(_texts)).Select(line => line.Text("text") ?? throw line.Lacks("\"text\"")).ToList();
        var path = arguments.GetRequiredValue(_out);
        bool special = !arguments.GetValue(_noSpecial);
        long tokens = invocation.Watch("tokenize", "texts", texts.Count, counter => Write(path, texts, tokenizer, special, counter, invocation.Cancellation));
        invocation.Say($"{Quantities.Of(texts.Count, "text")}, {Quantities.Of(tokens, "token")}: {path}");
        return new VerbResult(new JsonObject { ["ids"] = path, ["texts"] = texts.Count, ["tokens"] = tokens });
    }

    private static long Write(string path, IReadOnlyList<string> texts, Tokenizer tokenizer, bool special, ProgressCounter counter, CancellationToken cancellation)
    {
        long tokens = 0;
        JsonLines.Write(path, texts, (line, text) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var ids = tokenizer.Encode(text, special);
            tokens += ids.Length;
            line.WriteString("text", text);
            line.WriteStartArray("ids");
            foreach (int id in ids) line.WriteNumberValue(id);
            line.WriteEndArray();
            // Special tokens that the text itself spells belong to it; those added around it do not.
            line.WriteString("decoded", tokenizer.Decode(special ? tokenizer.Encode(text, addSpecial: false) : ids, skipSpecial: false));
            counter.Advance(1);
        });
        return tokens;
    }
}
