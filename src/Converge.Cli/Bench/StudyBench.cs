using System.Diagnostics;
using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Cli.Bench;

/// <summary>The passes of a whole study: states of every query as it is (anchor), after demonstrations (ICL), and under an adapter tuned on them (IT).</summary>
internal static class StudyBench
{
    private const string Section = "study";
    private static readonly LoraRecipe Recipe = new(8, 32, 0.05, [LinearLayer.QProj, LinearLayer.VProj]);

    /// <summary>Measures the study once; returns the whole of it.</summary>
    public static Measurement Run(BenchRun run, BenchModel model)
    {
        var (size, shape, config) = (run.Plan.StudySize, model.Shape, model.Shape.Config);
        var runs = Enumerable.Range(0, size.Runs).Select(i => new Draw(config, size, i)).ToArray();
        long started = Stopwatch.GetTimestamp();

        int rowTokens = size.InstructionTokens + size.DemonstrationTokens;
        long tuned = (long)size.Runs * size.Updates * rowTokens;
        IReadOnlyList<TuningResult> adapters = [];
        var tuning = Once($"{size.Runs} tunings of {size.Updates} updates", tuned, 2, () => adapters = model.Model.Tune([.. runs.Select(draw => draw.Job)], null, run.Cancellation));

        long own = (long)size.Runs * size.Queries * size.QueryTokens, plain = (long)size.Runs * (size.InstructionTokens + size.Demonstrations * size.DemonstrationTokens) + 2 * own;
        var states = Once("anchor and ICL states", plain, 1,
            () => model.Model.Capture([.. runs.SelectMany(draw => draw.Plain)], new CaptureRequest(), [], cancellation: run.Cancellation));
        long under = (long)size.Runs * size.InstructionTokens + own;
        var after = Once("IT states", under, 1,
            () => model.Model.Capture([.. runs.SelectMany(draw => draw.Tuned)], new CaptureRequest(), [.. adapters.Select(adapter => adapter.Final)], cancellation: run.Cancellation));

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return run.Keep(Section, shape.Name, $"{size.Runs} runs x {size.Queries} queries, k = {size.Demonstrations}", model.Weights, model.Compute, tuned + plain + under, tuning.Flops + states.Flops + after.Flops, 0, () => Timing.Of([seconds]));

        Measurement Once(string name, long tokens, int passes, Action work) => run.Keep(Section, shape.Name, name, model.Weights, model.Compute, tokens, passes * shape.ForwardFlops(tokens), 0, () =>
        {
            long start = Stopwatch.GetTimestamp();
            work();
            return Timing.Of([Stopwatch.GetElapsedTime(start).TotalSeconds]);
        });
    }

    /// <summary>One run: its own instruction, demonstrations, queries and tuning.</summary>
    private sealed class Draw(ModelConfig config, StudySize size, int index)
    {
        private readonly int[] _instruction = BenchPrompts.Tokens(config, index * 1000, size.InstructionTokens);
        private readonly int[][] _demonstrations = [.. Enumerable.Range(1, size.Demonstrations).Select(i => BenchPrompts.Tokens(config, index * 1000 + i, size.DemonstrationTokens))];
        private readonly int[][] _queries = [.. Enumerable.Range(100, size.Queries).Select(i => BenchPrompts.Tokens(config, index * 1000 + i, size.QueryTokens))];

        public TuningJob Job => new(
            $"run {index}",
            LoraInitialization.Create(Recipe, config, (ulong)index),
            [.. _demonstrations.Select(demonstration => new TuningRow([.. _instruction, .. demonstration], size.InstructionTokens + size.DemonstrationTokens - size.AnswerTokens))],
            new TuningRecipe { Steps = size.Updates, BatchSize = 1, Seed = (ulong)index });

        public IEnumerable<Prompt> Plain => Prompts("anchor", _instruction, -1).Concat(Prompts("icl", [.. _demonstrations.SelectMany(tokens => tokens)], -1));

        public IEnumerable<Prompt> Tuned => Prompts("it", _instruction, index);

        private IEnumerable<Prompt> Prompts(string condition, int[] before, int adapter) => _queries.Select((query, i) => new Prompt($"{condition} {index} {i}", [.. before, .. query], adapter));
    }
}
