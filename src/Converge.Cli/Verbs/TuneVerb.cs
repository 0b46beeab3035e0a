using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Inputs;
using Converge.Cli.Options;
using Converge.Cli.Tuning;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Tuning;

namespace Converge.Cli.Verbs;

/// <summary><c>converge tune</c>: PEFT adapters out, or a full checkpoint.</summary>
internal sealed class TuneVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly LoraOptions _lora = new();
    private readonly ScheduleOptions _schedule = new();
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "JSONL: {\"prompt\": \"...\", \"response\": \"...\"} or {\"tokens\": [...], \"loss_from\": 5} a line; several files, or a folder of them, give an adapter each, tuned side by side",
        HelpName = "FILE...",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string> _out = Opt.Required("--out", "DIR", "Where the adapter or checkpoint and training.jsonl go; of several files, each into a folder of its name");
    private readonly Option<string> _method = Opt.RequiredChoice("--method", "Tune an adapter, or all weights", "lora", "full");
    private readonly Option<string> _loss = Opt.Choice("--loss", "Take the loss on the response, or on the whole sequence", "answer", "sequence");

    public TuneVerb()
        : base("tune", VerbGroup.Model, "A PEFT adapter out (or all weights), which PEFT can load, and back", """
            printf '{"prompt": "Review: a fine film. Sentiment:", "response": " positive"}\n' > rows.jsonl
            converge tune --model models/pocket --data rows.jsonl --out out/adapter --method lora --steps 10
            """)
    {
        _model.AddTo(this);
        foreach (var option in new Option[] { _data, _out, _method }) Add(option);
        _schedule.AddTo(this);
        Add(_loss);
        _lora.AddTo(this);
    }

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var folder = arguments.GetRequiredValue(_out);
        bool full = arguments.GetRequiredValue(_method) == "full";
        if (full) _lora.RequireNone(arguments);
        if (full && Path.GetFullPath(Path.Combine(folder, ".")) == Path.GetFullPath(Path.Combine(_model.Directory(arguments), ".")))
            throw new BadInputException("--out", "is the model's own folder", "Choose another, so that the model stays as it is");
        using var checkpoint = _model.Open(arguments);
        var memory = full ? _model.MemoryOfFullTuning(arguments, checkpoint) : _model.Memory(arguments, checkpoint);
        var start = full ? null : _lora.Start(arguments, checkpoint.Config, _schedule.Seed(arguments));
        var loss = arguments.GetRequiredValue(_loss) == "sequence" ? LossTokens.Sequence : LossTokens.Answer;
        var inputs = TuningInput.Read(arguments.GetRequiredValue(_data), folder, checkpoint.Config, _model.Tokenizer(arguments), loss, rows => _schedule.Recipe(arguments, rows));
        if (full && inputs.Count > 1) throw new BadInputException("--data", $"names {inputs.Count} files, and full tuning makes one model", "Give one file, or use --method lora");
        long tokens = inputs.Sum(input => input.Tokens);
        invocation.Note(Plan(inputs, tokens));
        invocation.Note(MemoryLine.OfTuning(memory, checkpoint.Config, _model.Mode(arguments), inputs.Select(input => input.BatchTokens).ToList()));

        var steps = invocation.Watch("tune", "tokens", tokens, counter =>
        {
            if (start is null)
            {
                var tuned = FullTuner.Run(
                    checkpoint, inputs[0].Rows, inputs[0].Recipe, _model.Mode(arguments), _model.Threads(arguments), _model.Memory(arguments, checkpoint),
                    weights => CheckpointWriter.Write(folder, checkpoint.Config, weights), counter, invocation.Cancellation);
                TokenizerFiles.Copy(checkpoint.Directory, folder);
                return [tuned];
            }
            using var model = _model.Load(arguments, checkpoint);
            var results = model.Tune([.. inputs.Select(input => new TuningJob(input.File, start, input.Rows, input.Recipe))], counter, invocation.Cancellation);
            foreach (var (input, result) in inputs.Zip(results)) PeftAdapter.Write(result.Final, input.Folder, checkpoint.Directory);
            if (model.Reading is { } reading) invocation.Note(MemoryLine.Of(reading, invocation.Elapsed));
            return results.Select(result => result.Steps).ToList();
        });
        var data = inputs.Zip(steps).Select(pair => Finish(pair.First, pair.Second, full, inputs.Count > 1, invocation)).ToList();
        invocation.Close(new Closing(invocation.Elapsed, tokens, inputs.Count > 1 ? [folder] : [(string)data[0]["weights"]!, (string)data[0]["training"]!]));
        return new VerbResult(inputs.Count > 1 ? new JsonObject { ["adapters"] = new JsonArray([.. data]), ["tokens"] = tokens } : data[0]);
    }

    private static string Plan(IReadOnlyList<TuningInput> inputs, long tokens)
    {
        if (inputs.Count > 1) return $"{inputs.Count} adapters side by side, {Quantities.Of(inputs.Sum(input => (long)input.Rows.Count), "row")}, up to {Quantities.Of(inputs.Max(input => input.Recipe.Steps), "update")} each, {Quantities.Of(tokens, "token")} in all";
        var (rows, recipe) = (inputs[0].Rows, inputs[0].Recipe);
        var batch = recipe.BatchSize == 1 ? "one row" : $"up to {Math.Min(recipe.BatchSize, rows.Count)} rows";
        return $"{Quantities.Of(rows.Count, "row")}, {Quantities.Of(recipe.Steps, "update")} of {batch}, {Quantities.Of(tokens, "token")} in all";
    }

    // Writes the log and says how the loss went.
    private static JsonObject Finish(TuningInput input, IReadOnlyList<TuningStep> steps, bool full, bool several, Invocation invocation)
    {
        var (weights, log) = (Path.Combine(input.Folder, full ? "model.safetensors" : "adapter_model.safetensors"), Path.Combine(input.Folder, "training.jsonl"));
        TrainingLog.Write(log, steps);
        invocation.Say($"{(several ? $"{input.Folder}: " : "")}loss {steps[0].Loss:g6} before the first update, {steps[^1].Loss:g6} before the last");
        return new JsonObject
        {
            ["weights"] = weights,
            ["training"] = log,
            ["steps"] = steps.Count,
            ["tokens"] = input.Tokens,
            ["first_loss"] = steps[0].Loss,
            ["last_loss"] = steps[^1].Loss,
        };
    }
}
