using System.CommandLine;
using Converge.Cli.Hosting;
using Converge.Cli.Options;
using Converge.Cli.Study;
using Converge.Studies.Plan;
using Converge.Studies.Run;

namespace Converge.Cli.Verbs;

/// <summary><c>converge run</c>: plan, compute what is missing, report.</summary>
internal sealed class RunVerb : Verb
{
    private readonly StudyOptions _study = new();
    private readonly Option<string?> _out = Opt.Text("--out", "DIR", "Where units, tables, figures and the report go [default: out/NAME]");
    private readonly Option<string?> _shard = Opt.Text("--shard", "i/n", "Compute every n-th unit only, from the i-th on; shards may share one DIR");
    private readonly Option<int?> _threads = Opt.Threads();
    private readonly Option<long?> _memory = Opt.Memory();

    private readonly Option<int?> _waveTokens = Opt.Count("--wave-tokens", "Tokens of the units that go side by side: fewer lose less to a kill, more go faster; changes no bit");

    public RunVerb()
        : base("run", VerbGroup.Study, "Plan a study, compute what is missing, report; resumes by itself", """
            converge run studies/demo.yaml --set models.0.path=models/pocket --set runs=4 --out out/four
            """)
    {
        _study.AddTo(this);
        foreach (var option in new Option[] { _out, _shard, _threads, _memory, _waveTokens }) Add(option);
    }

    /// <inheritdoc/>
    public override string AfterInterruption => "Finished units are kept; run the same command again to go on";

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var shard = arguments.GetValue(_shard) is { } text ? Shard.Parse(text) : Shard.Whole;
        var spec = _study.Load(arguments);
        var folder = arguments.GetValue(_out) ?? Path.Combine("out", spec.Name);
        var plan = invocation.Watch("plan", "units", 0, _ => StudyPlan.Create(spec));
        // Refused here where it is too little, before anything is said or opened.
        foreach (var model in plan.Models) StudyMemory.Of(plan, model, arguments.GetValue(_memory));
        var options = new RunOptions { Shard = shard, Threads = Opt.ThreadsOf(arguments, _threads), WaveTokens = arguments.GetValue(_waveTokens), Memory = arguments.GetValue(_memory) };
        return new StudyExecution(folder, options).Run(plan, _study.File(arguments), _study.Overrides(arguments), invocation);
    }
}
