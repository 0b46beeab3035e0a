using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Inputs;
using Converge.Cli.Inspect;
using Converge.Cli.Options;
using Converge.Cli.Tuning;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Tuning;

namespace Converge.Cli.Verbs;

/// <summary><c>converge tune</c>: a PEFT adapter out, or a full checkpoint.</summary>
internal sealed class TuneVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly LoraOptions _lora = new();
    private readonly ScheduleOptions _schedule = new();
    private readonly Option<string> _data = Opt.Required("--data", "FILE", "JSONL: {\"prompt\": \"...\", \"response\": \"...\"} or {\"tokens\": [...], \"loss_from\": 5} a line");
    private readonly Option<string> _out = Opt.Required("--out", "DIR", "Where the adapter or checkpoint and training.jsonl go");
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
        if (full) _model.RequireRoom(arguments, MemoryNeeds.OfFullTuning(checkpoint), "full tuning, which keeps weights, gradients and two moments in float32");
        var start = full ? null : _lora.Start(arguments, checkpoint.Config, _schedule.Seed(arguments));
        var rows = TuningFile.Read(arguments.GetRequiredValue(_data), checkpoint.Config, _model.Tokenizer(arguments), arguments.GetRequiredValue(_loss) == "sequence" ? LossTokens.Sequence : LossTokens.Answer);
        var recipe = _schedule.Recipe(arguments, rows.Count);
        long tokens = Tokens(rows, recipe);
        var batch = recipe.BatchSize == 1 ? "one row" : $"up to {Math.Min(recipe.BatchSize, rows.Count)} rows";
        invocation.Note($"{Quantities.Of(rows.Count, "row")}, {Quantities.Of(recipe.Steps, "update")} of {batch}, {Quantities.Of(tokens, "token")} in all");

        var steps = invocation.Watch("tune", "tokens", tokens, counter =>
        {
            if (start is null)
            {
                var tuned = FullTuner.Run(
                    checkpoint, rows, recipe, _model.Mode(arguments), _model.Threads(arguments), weights => CheckpointWriter.Write(folder, checkpoint.Config, weights), counter, invocation.Cancellation);
                TokenizerFiles.Copy(checkpoint.Directory, folder);
                return tuned;
            }
            invocation.Note(MemoryLine.Of(_model.Memory(arguments, checkpoint)));
            using var model = _model.Load(arguments, checkpoint);
            var result = model.Tune([new TuningJob("tune", start, rows, recipe)], counter, invocation.Cancellation)[0];
            PeftAdapter.Write(result.Final, folder, checkpoint.Directory);
            return result.Steps;
        });
        var (weights, log) = (Path.Combine(folder, full ? "model.safetensors" : "adapter_model.safetensors"), Path.Combine(folder, "training.jsonl"));
        TrainingLog.Write(log, steps);
        invocation.Say($"loss {steps[0].Loss:g6} before the first update, {steps[^1].Loss:g6} before the last");
        invocation.Close(new Closing(invocation.Elapsed, tokens, [weights, log]));
        return new VerbResult(new JsonObject
        {
            ["weights"] = weights,
            ["training"] = log,
            ["steps"] = steps.Count,
            ["tokens"] = tokens,
            ["first_loss"] = steps[0].Loss,
            ["last_loss"] = steps[^1].Loss,
        });
    }

    // The recipe's own order of rows: batches never reach over the end of an epoch.
    private static long Tokens(IReadOnlyList<TuningRow> rows, TuningRecipe recipe)
    {
        int perEpoch = TuningRecipe.StepsOf(1, rows.Count, recipe.BatchSize);
        long epoch = rows.Sum(row => (long)row.Tokens.Length);
        long rest = rows.Take(recipe.Steps % perEpoch * recipe.BatchSize).Sum(row => (long)row.Tokens.Length);
        return recipe.Steps / perEpoch * epoch + rest;
    }
}
