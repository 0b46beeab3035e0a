using Converge.Engine.Capture;
using Converge.Engine.Model;

namespace Converge.Cli.Bench;

/// <summary>Whole passes over a model: states of prompts, and updates of adapters.</summary>
internal static class PassBench
{
    private const int OwnTokens = 40, JobTokens = 60;

    /// <summary>Measures what the plan names.</summary>
    public static void Run(BenchRun run, BenchModel model)
    {
        var passes = run.Plan.Passes;
        if (passes.Contains("prefill")) Prefill(run, model);
        if (passes.Contains("trunk")) Trunks(run, model);
        if (passes.Contains("lora")) Lora(run, model);
        if (passes.Contains("jobs")) Jobs(run, model);
        run.Result.Peaks.MeasureAgain();
    }

    /// <summary>Last-token states of every layer: one long prompt, and a batch of short ones.</summary>
    public static Measurement[] Prefill(BenchRun run, BenchModel model) =>
        [.. new[] { (1, 256), (16, 48) }.Select(size => Capture(run, model, $"prefill {size.Item1}x{size.Item2}", BenchPrompts.OnTrunk(model.Shape.Config, [], size.Item1, size.Item2), size.Item1 * size.Item2))];

    /// <summary>An update of one adapter: one row, and a batch of rows.</summary>
    public static Measurement[] Lora(BenchRun run, BenchModel model) => [.. new[] { 1, 8 }.Select(rows => Update(run, model, $"lora step {rows}x96", 1, rows, 96))];

    // Queries after the same demonstrations: the trunk is computed once, or with every query.
    private static void Trunks(BenchRun run, BenchModel model)
    {
        int prompts = run.Plan.Quick ? 8 : 96;
        foreach (int trunk in new[] { 120, 400 })
        {
            var name = $"{prompts}x{OwnTokens} on a trunk of {trunk}";
            var queries = BenchPrompts.OnTrunk(model.Shape.Config, BenchPrompts.Tokens(model.Shape.Config, prompts, trunk), prompts, OwnTokens);
            var shared = Capture(run, model, name, queries, trunk + prompts * OwnTokens);
            if (trunk == 120) continue;
            var alone = Capture(run, model, $"{name}, not shared", queries, prompts * (trunk + OwnTokens), share: false);
            run.Result.Comparisons.Add(new Comparison(model.Shape.Name, name, $"the same without sharing, both {model.Way}", [alone.Timing.Median / shared.Timing.Median]));
        }
    }

    private static void Jobs(BenchRun run, BenchModel model)
    {
        int jobs = run.Plan.Quick ? 4 : 30;
        var together = Update(run, model, $"{jobs} jobs x {JobTokens} tokens side by side", jobs, 1, JobTokens);
        var alone = Update(run, model, $"1 job x {JobTokens} tokens", 1, 1, JobTokens);
        run.Result.Comparisons.Add(new Comparison(model.Shape.Name, together.Name, $"one job after the other, both {model.Way}", [jobs * alone.Timing.Median / together.Timing.Median]));
    }

    private static Measurement Capture(BenchRun run, BenchModel model, string name, Prompt[] prompts, long tokens, bool share = true)
    {
        var request = new CaptureRequest { SharePrefixes = share };
        return run.Time("passes", model.Shape.Name, name, model.Weights, model.Compute, tokens, model.Shape.ForwardFlops(tokens), 0, run.Plan.PassBudget,
            () => model.Model.Capture(prompts, request, [], cancellation: run.Cancellation));
    }

    // The base weights are frozen: backward, only the gradient with respect to activations is computed, as many operations as forward.
    private static Measurement Update(BenchRun run, BenchModel model, string name, int jobs, int rows, int length)
    {
        long tokens = (long)jobs * rows * length;
        return run.Keep("passes", model.Shape.Name, name, model.Weights, model.Compute, tokens, 2 * model.Shape.ForwardFlops(tokens), 0,
            () => StepTimes.Of(model.Model, steps => BenchPrompts.Jobs(model.Shape.Config, jobs, rows, length, steps), run.Plan.PassBudget, run.Cancellation));
    }
}
