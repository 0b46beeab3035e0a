using System.CommandLine;
using System.Text.Json;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Options;
using Converge.Cli.Study;
using Converge.Engine;
using Converge.Studies.Advice;
using Converge.Studies.Plan;
using Converge.Studies.Run;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;

namespace Converge.Cli.Verbs;

/// <summary><c>converge advise</c>: prompt or tune?</summary>
internal sealed class AdviseVerb : Verb
{
    private readonly Option<string> _model = Opt.Required("--model", "DIR", "A Llama-family checkpoint: config.json and safetensors files");
    private readonly Option<string> _task = Opt.Required("--task", "FILE", "A task file; its pool lends the demonstrations");
    private readonly Option<string> _out = Opt.Required("--out", "DIR", "Where the study, its report and the advice go");
    private readonly Option<IReadOnlyList<int>?> _shots = Lists.Counts("--shots", "Numbers of demonstrations [default: 1,4,16]");
    private readonly Option<int?> _runs = Opt.Count("--runs", "Draws of demonstrations and queries [default: 10]");
    private readonly Option<int?> _queries = Opt.Count("--queries", "Queries of a run [default: 32]");
    private readonly Option<int?> _expect = Opt.Count("--expect", "How many queries you will have: decides between options that are as good [default: 1000]");
    private readonly Option<double> _rate = Opt.Number("--learning-rate", 1e-3, "Of tuning", double.Epsilon);
    private readonly Option<int?> _epochs = Opt.Count("--epochs", "Of tuning [default: 10]");
    private readonly Option<int?> _seed = Opt.Count("--seed", "The seed of all draws [default: 1]", least: 0);
    private readonly Option<int?> _threads = Opt.Threads();

    public AdviseVerb()
        : base("advise", VerbGroup.Study, "Prompt or tune? Quality, calibration and cost of zero-shot, ICL and IT on your task, and what to do", "converge advise --model models/pocket --task tasks/reviews_pocket.yaml --out out/advice")
    {
        foreach (var option in new Option[] { _model, _task, _out, _shots, _runs, _queries, _expect, _rate, _epochs, _seed, _threads }) Add(option);
    }

    /// <inheritdoc/>
    public override string AfterInterruption => "Finished units are kept; run the same command again to go on";

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var folder = arguments.GetRequiredValue(_out);
        var study = new AdviceStudy
        {
            Model = arguments.GetRequiredValue(_model),
            Task = arguments.GetRequiredValue(_task),
            Shots = [.. (arguments.GetValue(_shots) ?? [1, 4, 16]).Distinct().Order()],
            Runs = arguments.GetValue(_runs) ?? 10,
            Queries = arguments.GetValue(_queries) ?? 32,
            LearningRate = arguments.GetValue(_rate),
            Epochs = arguments.GetValue(_epochs) ?? 10,
            Seed = arguments.GetValue(_seed) ?? 1,
        };
        var file = Path.Combine(folder, "advise.yaml");
        AtomicFile.WriteText(file, study.Yaml());
        var plan = StudyPlan.Create(StudySpec.Load(file));
        var outcome = new StudyExecution(folder, new RunOptions { Threads = Opt.ThreadsOf(arguments, _threads) }).Compute(plan, invocation);
        StudyCommand.Write(folder, file, []);
        var output = StudyOutput.Open(folder);
        Reporting.Write(output, invocation);
        var bootstrap = new ClusterBootstrap(new BootstrapOptions { Resamples = plan.Spec.Bootstrap.Resamples, Seed = plan.Spec.Seed });
        var advice = Adviser.Of(plan, output.Units(), arguments.GetValue(_expect) ?? 1000, bootstrap);

        var (lines, data) = (AdviceText.Lines(advice).ToList(), AdviceText.Data(advice));
        var (markdown, json) = (Path.Combine(folder, "advice.md"), Path.Combine(folder, "advice.json"));
        AtomicFile.WriteText(markdown, string.Join('\n', lines.Prepend("").Prepend($"# {plan.Spec.Tasks[0].Name}")) + "\n");
        AtomicFile.WriteText(json, data.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        foreach (var line in lines) invocation.Say(line);
        invocation.Close(new Closing(invocation.Elapsed, outcome.Tokens, [markdown, json, Reporting.PageOf(folder)]));
        return new VerbResult(data);
    }
}
