using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Inputs;
using Converge.Cli.Options;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Generation;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Cli.Verbs;

/// <summary><c>converge generate</c>: prompts in, the texts that a model continues them with out.</summary>
internal sealed class GenerateVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly Option<string> _prompts = Opt.Required("--prompts", "FILE", "JSONL: {\"id\": \"a\", \"text\": \"...\"} or {\"id\": \"a\", \"tokens\": [1, 2]} a line");
    private readonly Option<string> _out = Opt.Required("--out", "FILE", "JSONL: {\"id\": \"a\", \"text\": \"what follows\", \"tokens\": [3, 4], \"stopped\": \"eos|text|length\"} a line");
    private readonly Option<string?> _adapter = Opt.Text("--adapter", "DIR", "A PEFT adapter to run under");
    private readonly Option<int?> _most = Opt.Count("--max-new-tokens", "The most tokens added to a prompt [default: 32]");
    private readonly Option<string[]> _stops = new("--stop") { Description = "A text that ends a continuation, \\n for the end of a line; may be given several times", HelpName = "TEXT", DefaultValueFactory = _ => [] };

    public GenerateVerb()
        : base("generate", VerbGroup.Model, "Prompts in, greedy continuations out", """
            printf '{"id": "a", "text": "The film was"}\n' > prompts.jsonl
            converge generate --model models/pocket --prompts prompts.jsonl --out generated.jsonl --max-new-tokens 8 --stop '\n'
            """)
    {
        _model.AddTo(this);
        foreach (var option in new Option[] { _prompts, _out, _adapter, _most, _stops }) Add(option);
    }

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        string[] stops = [.. arguments.GetRequiredValue(_stops).Select(stop => stop.Replace("\\n", "\n", StringComparison.Ordinal))];
        if (stops.Contains("")) throw new BadInputException("--stop", "is empty", "Give the text that ends a continuation");
        using var checkpoint = _model.Open(arguments);
        var tokenizer = _model.Tokenizer(arguments);
        LoraAdapter[] adapters = arguments.GetValue(_adapter) is { } directory ? [PeftAdapter.Read(directory, checkpoint.Config)] : [];
        var lines = PromptFile.Read(arguments.GetRequiredValue(_prompts), checkpoint.Config, tokenizer);
        List<Prompt> prompts = [.. lines.Select(line => new Prompt(line.Id, line.Tokens, adapters.Length - 1))];
        int most = arguments.GetValue(_most) ?? 32;

        using var model = _model.Load(arguments, checkpoint);
        var texts = invocation.Watch("generate", "prompts", prompts.Count, counter => new TextGenerator(model, tokenizer.Value).Run(prompts, most, stops, adapters, counter, invocation.Cancellation));
        var path = arguments.GetRequiredValue(_out);
        JsonLines.Write(path, prompts.Zip(texts), (line, item) => WriteText(line, item.First, item.Second));
        long added = texts.Sum(text => (long)text.Tokens.Length), tokens = prompts.Sum(prompt => (long)prompt.Tokens.Length) + added;
        invocation.Close(new Closing(invocation.Elapsed, tokens, [path]));
        return new VerbResult(new JsonObject { ["generated"] = path, ["prompts"] = prompts.Count, ["tokens"] = tokens, ["new_tokens"] = added });
    }

    private static void WriteText(Utf8JsonWriter line, Prompt prompt, GeneratedText text)
    {
        line.WriteString("id", prompt.Id);
        line.WriteString("text", text.Text);
        line.WriteStartArray("tokens");
        foreach (int token in text.Tokens) line.WriteNumberValue(token);
        line.WriteEndArray();
        line.WriteString("stopped", text.Reason switch
        {
            StopReason.StopToken => "eos",
            StopReason.Condition => "text",
            _ => "length",
        });
    }
}
