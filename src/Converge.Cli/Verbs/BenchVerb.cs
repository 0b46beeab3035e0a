using System.CommandLine;
using Converge.Cli.Bench;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Engine;
using Converge.Numerics;

namespace Converge.Cli.Verbs;

/// <summary><c>converge bench</c>: kernels and passes against what the machine could do at best, measured in the same process.</summary>
internal sealed class BenchVerb : Verb
{
    private readonly BenchOptions _options = new();
    private readonly Option<string?> _save = new("--save") { Description = "Write the tables, with versions, to a Markdown file [default: bench/results/PROCESSOR.md]", HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _python = Path("--peer-python", "/usr/bin/python3", "The Python that has PyTorch");
    private readonly Option<string> _passScript = Path("--peer-script", "../shared/peers/torch_llama.py", "The script that measures PyTorch");
    private readonly Option<string> _studyScript = Path("--study-script", "bench/peers/study_loop.py", "The script that does the study in PyTorch");

    public BenchVerb()
        : base("bench", VerbGroup.Look, "Kernels and passes against the machine's own measured peak, in the same process", "converge bench --quick --shapes 128x352x2x4")
    {
        _options.AddTo(this);
        foreach (var option in new Option[] { _save, _python, _passScript, _studyScript }) Add(option);
        Add(new MakeCheckpointVerb());
    }

    /// <inheritdoc/>
    public override string AfterInterruption => "What had been measured is shown above";

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var plan = _options.Plan(arguments);
        var peer = new PeerBench(new PeerProcess(arguments.GetRequiredValue(_python)), arguments.GetRequiredValue(_passScript), arguments.GetRequiredValue(_studyScript));
        peer.Check(plan);
        BenchResult? result = null;
        try
        {
            invocation.Watch("peaks", "measurements", 0, progress =>
            {
                using var pool = new WorkPool(plan.Threads);
                result = new BenchResult(new Peaks(pool, plan.Quick));
                Measure(new BenchRun(plan, result, progress, invocation.Cancellation), pool, peer);
                return true;
            });
        }
        catch (OperationCanceledException) when (result is not null)
        {
            Say(result, invocation);
            throw;
        }
        Say(result!, invocation);
        var file = arguments.GetResult(_save) is { Implicit: false } ? arguments.GetValue(_save) ?? BenchPage.DefaultFile : null;
        if (file is not null) AtomicFile.WriteText(file, string.Concat(BenchPage.Lines(result!).Select(line => line + "\n")));
        invocation.Close(new Closing(invocation.Elapsed, 0, file is not null ? [file] : []));
        return new VerbResult(result!.Data());
    }

    private static void Measure(BenchRun run, WorkPool pool, PeerBench peer)
    {
        var plan = run.Plan;
        KernelBench.Run(run, pool);
        if (plan.Passes.Count > 0 || plan.PeerPasses)
        {
            foreach (var open in Models(run))
            {
                using var model = open();
                PassBench.Run(run, model);
                if (plan.PeerPasses) peer.Passes(run, model);
            }
        }
        if (!plan.Study) return;
        foreach (var compute in plan.Computes)
        {
            using var small = plan.Model is null ? BenchModel.Generate(run, plan.StudyShape, plan.PassWeights[0], compute) : BenchModel.Open(plan.Model, compute, plan.Threads);
            var study = StudyBench.Run(run, small);
            run.Result.Peaks.MeasureAgain();
            if (plan.PeerStudy) peer.Study(run, small, study);
        }
    }

    private static IEnumerable<Func<BenchModel>> Models(BenchRun run) => run.Plan.Computes.SelectMany(compute => run.Plan.Model is { } directory
        ? [() => BenchModel.Open(directory, compute, run.Plan.Threads)]
        : run.Plan.GeneratedModels.Select(model => (Func<BenchModel>)(() => BenchModel.Generate(run, model.Shape, model.Weights, compute))));

    private static void Say(BenchResult result, Invocation invocation)
    {
        foreach (var line in BenchPage.Lines(result)) invocation.Say(line);
    }

    private static Option<string> Path(string name, string fallback, string description) =>
        new(name) { Description = description, HelpName = "FILE", DefaultValueFactory = _ => fallback };
}
