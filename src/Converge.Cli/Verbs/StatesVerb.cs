using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Inputs;
using Converge.Cli.Options;
using Converge.Cli.States;
using Converge.Engine;
using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Cli.Verbs;

/// <summary><c>converge states</c>: prompts in, hidden states out.</summary>
internal sealed class StatesVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly Option<string> _prompts = Opt.Required("--prompts", "FILE", "JSONL: {\"id\": \"a\", \"text\": \"...\"} or {\"id\": \"a\", \"tokens\": [1, 2]} a line");
    private readonly Option<string> _out = Opt.Required("--out", "DIR", "Where states.safetensors and prompts.jsonl go");
    private readonly Option<string?> _adapter = Opt.Text("--adapter", "DIR", "A PEFT adapter to run under");
    private readonly Option<TapSelection> _taps = TapSelection.Option();
    private readonly Option<LayerSelection> _layers = LayerSelection.Option();
    private readonly Option<string> _positions = Opt.Choice("--positions", "The last token of a prompt, or every token", "last", "all");
    private readonly Option<int?> _batchTokens = Opt.Count("--batch-tokens", "Tokens in one pass, which bounds the memory; changes no bit [default: 4096, or as many as fit where weights are read block by block]");
    private readonly Option<bool> _noSharing = Opt.Switch("--no-prefix-sharing", "Compute common beginnings of prompts again for each; changes no bit");

    public StatesVerb()
        : base("states", VerbGroup.Model, "Prompts in, hidden states out", """
            printf '{"id": "a", "text": "The film was"}\n' > prompts.jsonl
            converge states --model models/pocket --prompts prompts.jsonl --out out/states
            """)
    {
        _model.AddTo(this);
        foreach (var option in new Option[] { _prompts, _out, _adapter, _taps, _layers, _positions, _batchTokens, _noSharing }) Add(option);
    }

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var folder = arguments.GetRequiredValue(_out);
        using var checkpoint = _model.Open(arguments);
        var config = checkpoint.Config;
        LoraAdapter[] adapters = arguments.GetValue(_adapter) is { } directory ? [PeftAdapter.Read(directory, config)] : [];
        var prompts = PromptFile.Read(arguments.GetRequiredValue(_prompts), config, _model.Tokenizer(arguments));
        var taps = arguments.GetRequiredValue(_taps);
        var request = new CaptureRequest
        {
            Taps = taps.Taps,
            Layers = arguments.GetRequiredValue(_layers).Of(config),
            Positions = arguments.GetRequiredValue(_positions) == "all" ? Positions.All : Positions.Last,
            SharePrefixes = !arguments.GetValue(_noSharing),
        };
        var shape = new StatesShape(prompts, config, request, taps.FinalNorm);
        if (request.KeepsAttention && shape.Blocks.Count == 0) throw new BadInputException("--layers", "layer 0 is the embedding, which has no attention", "Add a layer from 1 on, or leave attention's taps out");
        var path = Path.Combine(folder, "states.safetensors");
        long tokens = prompts.Sum(prompt => (long)prompt.Tokens.Length);
        invocation.Note($"{Quantities.Of(prompts.Count, "prompt")} of {Quantities.Of(tokens, "token")}, {Quantities.Of(shape.Layers.Count, "layer")} of width {config.HiddenSize}: {Quantities.Bytes(shape.Bytes)} into {path}");

        using var model = _model.Load(arguments, checkpoint);
        using var file = new StatesFile(path, shape);
        var memory = _model.Memory(arguments, checkpoint);
        invocation.Note(MemoryLine.Of(memory, config, _model.Mode(arguments)));
        // Every batch reads all weights that do not stay in memory.
        int batchTokens = arguments.GetValue(_batchTokens) ?? Math.Max(4096, memory.Streams ? memory.TokensPerPass(config, _model.Mode(arguments)) : 0);
        invocation.Watch("capture", "tokens", tokens, counter =>
        {
            foreach (var batch in PromptBatches.Of(shape, batchTokens))
            {
                var states = model.Capture([.. batch.Select(i => new Prompt(prompts[i].Id, prompts[i].Tokens, adapters.Length - 1))], request, adapters, counter, invocation.Cancellation);
                for (int i = 0; i < batch.Length; i++) file.Write(batch[i], states.Prompts[i]);
                counter.Advance(batch.Sum(i => (long)prompts[i].Tokens.Length));
            }
            return true;
        });
        if (model.Reading is { } reading) invocation.Note(MemoryLine.Of(reading, invocation.Elapsed));
        file.Commit();
        JsonLines.Write(Path.Combine(folder, "prompts.jsonl"), prompts, WritePrompt);
        invocation.Close(new Closing(invocation.Elapsed, tokens, [path]));
        return new VerbResult(new JsonObject
        {
            ["states"] = path,
            ["prompts"] = prompts.Count,
            ["tokens"] = tokens,
            ["taps"] = new JsonArray([.. taps.Text.Split(',').Select(tap => (JsonNode)tap)]),
            ["layers"] = new JsonArray([.. shape.Layers.Select(layer => (JsonNode)layer)]),
            ["hidden_size"] = config.HiddenSize,
            ["bytes"] = shape.Bytes,
        });
    }

    private static void WritePrompt(Utf8JsonWriter line, PromptLine prompt)
    {
        line.WriteString("id", prompt.Id);
        if (prompt.Text is not null) line.WriteString("text", prompt.Text);
        line.WriteStartArray("tokens");
        foreach (int token in prompt.Tokens) line.WriteNumberValue(token);
        line.WriteEndArray();
    }
}
