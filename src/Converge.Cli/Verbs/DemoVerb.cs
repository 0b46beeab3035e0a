using System.CommandLine;
using Converge.Cli.Hosting;
using Converge.Cli.Options;
using Converge.Cli.Study;
using Converge.Studies.Plan;
using Converge.Studies.Run;
using Converge.Studies.Spec;

namespace Converge.Cli.Verbs;

/// <summary><c>converge demo</c>: the main job on what comes with the program.</summary>
internal sealed class DemoVerb : Verb
{
    private readonly Option<string> _out = Opt.Required("--out", "DIR", "Where the units, the tables and the report go");
    private readonly Option<int?> _threads = Opt.Threads();

    public DemoVerb()
        : base("demo", VerbGroup.Study, "The main job on the small model, the reviews and the translations that come with the program, in about a minute", "converge demo --out out/demo")
    {
        Add(_out);
        Add(_threads);
    }

    /// <inheritdoc/>
    public override string AfterInterruption => "Finished units are kept; run the same command again to go on";

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var study = Path.Combine(AppContext.BaseDirectory, "studies", "demo.yaml");
        var plan = StudyPlan.Create(StudySpec.Load(study, []));
        var options = new RunOptions { Threads = Opt.ThreadsOf(arguments, _threads) };
        return new StudyExecution(arguments.GetRequiredValue(_out), options).Run(plan, study, [], invocation);
    }
}
