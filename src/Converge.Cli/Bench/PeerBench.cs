using Converge.Engine;
using Converge.Engine.Model;

namespace Converge.Cli.Bench;

/// <summary>The same work by PyTorch, in turn with ours, so that both meet the same machine.</summary>
/// <param name="python">The Python that has PyTorch.</param>
/// <param name="passScript">Measures prefill and LoRA steps.</param>
/// <param name="studyScript">Does a whole study.</param>
internal sealed class PeerBench(PeerProcess python, string passScript, string studyScript)
{
    private const int Rounds = 2;

    /// <summary>Sees to it that the comparisons of a plan can run.</summary>
    /// <exception cref="BadInputException">Something is missing, or the script does not know a shape.</exception>
    public void Check(BenchPlan plan)
    {
        if (plan.PeerPasses && plan.PassShapes.FirstOrDefault(shape => shape.Name is not ("S1" or "S2")) is { } unknown)
            throw new BadInputException("--peer", $"the script knows the shapes S1 and S2, and not {unknown.Name}", "Choose with --shapes S1,S2");
        if (plan.PeerPasses) python.Check(passScript);
        if (plan.PeerStudy) python.Check(studyScript);
    }

    /// <summary>Prefill and LoRA steps: ours, theirs, ours, theirs.</summary>
    public void Passes(BenchRun run, BenchModel model)
    {
        var ratios = new Dictionary<string, List<double>>();
        for (int round = 0; round < Rounds; round++)
        {
            Measurement[] ours = [.. PassBench.Prefill(run, model), .. PassBench.Lora(run, model)];
            run.Show($"PyTorch, {model.Shape.Name}");
            var theirs = python.Result(passScript, [model.Shape.Name, Dtype(model), "--threads", $"{run.Plan.Threads}", "--reps", run.Plan.Quick ? "1" : "5", "--json"], run.Cancellation);
            run.Result.Peers.Add($"PyTorch {theirs["torch"]}");
            foreach (var row in theirs["rows"]!.AsArray())
            {
                var name = (string)row!["name"]!;
                if (Array.Find(ours, measurement => measurement.Name == name) is not { } same) continue;
                if (!ratios.TryGetValue(name, out var list)) ratios[name] = list = [];
                list.Add(same.TokensPerSecond / (double)row["tokens_per_s"]!);
            }
        }
        foreach (var (name, list) in ratios) run.Result.Comparisons.Add(new Comparison(model.Shape.Name, name, $"PyTorch {Dtype(model)}, ours {model.Way}", list));
    }

    /// <summary>A study as a plain loop, one prompt at a time, against ours.</summary>
    public void Study(BenchRun run, BenchModel model, Measurement ours)
    {
        run.Show("PyTorch, the study as a plain loop");
        var (size, config) = (run.Plan.StudySize, model.Shape.Config);
        var theirs = python.Result(studyScript, Arguments().SelectMany(pair => new[] { pair.Name, $"{pair.Value}" }).Concat(["--dtype", Dtype(model), "--json"]), run.Cancellation);
        run.Result.Peers.Add($"PyTorch {theirs["torch"]}");
        run.Result.Comparisons.Add(new Comparison(model.Shape.Name, ours.Name, $"the study as a plain loop in PyTorch {Dtype(model)}, ours {model.Way}", [(double)theirs["seconds"]! / ours.Timing.Median]));

        IEnumerable<(string Name, int Value)> Arguments() =>
        [
            ("--hidden", config.HiddenSize), ("--intermediate", config.IntermediateSize), ("--layers", config.Layers), ("--heads", config.Heads), ("--kv-heads", config.KeyValueHeads),
            ("--threads", run.Plan.Threads), ("--runs", size.Runs), ("--queries", size.Queries), ("--demonstrations", size.Demonstrations), ("--instruction-tokens", size.InstructionTokens),
            ("--demonstration-tokens", size.DemonstrationTokens), ("--query-tokens", size.QueryTokens), ("--answer-tokens", size.AnswerTokens), ("--epochs", size.Epochs),
        ];
    }

    // As the scripts name it.
    private static string Dtype(BenchModel model) => model.Compute == ComputeMode.BF16 ? "bf16" : "fp32";
}
