using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Options;
using Converge.Cli.Study;
using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Recipes;
using Converge.Pretraining.Training;

namespace Converge.Cli.Verbs;

/// <summary><c>converge pretrain</c>: a small model from nothing.</summary>
internal sealed class PretrainVerb : Verb
{
    private static readonly TimeSpan BetweenSaves = TimeSpan.FromMinutes(2);
    private const int UpdatesPerRecord = 50, RecordsPerValidation = 4;

    private readonly Argument<string> _recipe = new("recipe") { Description = "The recipe's YAML file" };
    private readonly Option<string?> _out = Opt.Text("--out", "DIR", "Where tokenizer, checkpoint, log and state go [default: out/NAME]");
    private readonly Option<int?> _documents = Opt.Count("--documents", "Train nothing; show the first N documents of the last stage, answers in «»");
    private readonly Option<string[]> _set = new("--set") { Description = "Change a value of the recipe: key=value", HelpName = "KEY=VALUE", AllowMultipleArgumentsPerToken = false };
    private readonly Option<int?> _threads = Opt.Threads();

    public PretrainVerb()
        : base("pretrain", VerbGroup.Model, "Train a small model from scratch on generated text; resumes by itself", "converge pretrain recipes/pocket.yaml --out out/pocket")
    {
        Add(_recipe);
        foreach (var option in new Option[] { _out, _set, _documents, _threads }) Add(option);
    }

    /// <inheritdoc/>
    public override string AfterInterruption => "The last state is kept; run the same command again to go on";

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var recipe = PretrainRecipeReader.Read(arguments.GetRequiredValue(_recipe), arguments.GetValue(_set) ?? []);
        if (arguments.GetValue(_documents) is { } count) return Documents(recipe, count, invocation);
        var folder = arguments.GetValue(_out) ?? Path.Combine("out", recipe.Name);
        int threads = Opt.ThreadsOf(arguments, _threads);
        using var run = PretrainRun.Open(recipe, folder, threads);
        long before = run.Tokens, total = recipe.Stages.Sum(stage => stage.Tokens);
        invocation.Note(run.Updates == 0 ? $"at most {Quantities.Count(total)} tokens in {recipe.Stages.Count} stages" : $"goes on after {Quantities.Count(run.Updates)} updates");
        double peak = Peak(threads);
        var training = Stopwatch.StartNew();
        invocation.Watch("pretrain", "tokens", total - before, counter =>
        {
            var sinceSave = Stopwatch.StartNew();
            while (!run.IsDone)
            {
                if (invocation.Cancellation.IsCancellationRequested) run.Save();
                invocation.Cancellation.ThrowIfCancellationRequested();
                run.Step();
                counter.Report(run.Tokens - before);
                if (run.Updates % UpdatesPerRecord != 0 && !run.IsAtStageEnd) continue;
                var record = run.Record(validate: run.Updates % (UpdatesPerRecord * RecordsPerValidation) == 0 || run.IsDone);
                invocation.Note(Line(record));
                if (sinceSave.Elapsed < BetweenSaves) continue;
                run.Save();
                sinceSave.Restart();
            }
            training.Stop();
            run.Save();
            return 0;
        });
        ModelNote.Write(folder, "It was trained from nothing on short generated texts. Findings on it show how the experiment works; they do not carry over to large models by themselves.");
        double flops = run.FlopsPerToken * (run.Tokens - before) / Math.Max(1e-3, training.Elapsed.TotalSeconds);
        if (run.Tokens > before) invocation.Say($"{flops / 1e9:0.0} GFLOP/s in the weights' products: {flops / peak:0.00} of this machine's peak on {Quantities.Of(threads, "thread")}");
        var log = Path.Combine(folder, "training.jsonl");
        invocation.Close(new Closing(invocation.Elapsed, run.Tokens - before, [Path.Combine(folder, "model.safetensors"), log]));
        return new VerbResult(new JsonObject { ["weights"] = Path.Combine(folder, "model.safetensors"), ["training"] = log, ["updates"] = run.Updates, ["tokens"] = run.Tokens, ["gflops"] = flops / 1e9, ["of_peak"] = flops / peak });
    }

    private static double Peak(int threads)
    {
        using var pool = new WorkPool(threads);
        return FmaPeak.Measure(pool, SimdPaths.Current);
    }

    private static VerbResult Documents(PretrainRecipe recipe, int count, Invocation invocation)
    {
        var corpus = new CorpusGenerator(recipe.Seed);
        var documents = Enumerable.Range(0, count).Select(i => corpus.Draw(recipe.Stages[^1].Mixture, i)).ToList();
        foreach (var document in documents)
        {
            invocation.Say($"--- {document.Kind}");
            var text = string.Concat(document.Parts.Select(part => part.IsAnswer ? $"«{part.Text}»" : part.Text));
            foreach (var line in text.Split('\n')) invocation.Say(line);
        }
        return new VerbResult(new JsonObject { ["documents"] = new JsonArray([.. documents.Select(document => new JsonObject { ["kind"] = document.Kind, ["text"] = document.Text })]) });
    }

    // Where nothing of a kind counted there is no loss.
    private static string Loss(double? mean) => mean is { } value ? $"{value:0.000}" : "-";

    private static string Line(TrainingRecord record)
    {
        var groups = record.ByKind.GroupBy(pair => pair.Key[(pair.Key.IndexOf('/', StringComparison.Ordinal) + 1)..]).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} {group.Average(pair => pair.Value):0.00}");
        var validation = record.Validation is { } loss ? $", held out {Loss(loss.Answers)} / {Loss(loss.Other)}" : "";
        return $"{record.Stage} {record.Update}: {record.Tokens / 1e6:0.00}M tokens, answers {Loss(record.Answers)}, other {Loss(record.Other)}{validation} ({string.Join(", ", groups)})";
    }
}
