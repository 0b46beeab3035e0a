using System.CommandLine;
using Converge.Cli.Demo;
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
    private const string Note =
        "The model of this demonstration has random weights: it has learnt nothing, so these similarities say nothing about learning. They show what the program does, and how high similarities can be without any learning.";

    private readonly Option<string> _out = Opt.Required("--out", "DIR", "Where the model, the units, the tables and the report go");

    public DemoVerb()
        : base("demo", VerbGroup.Study, "The main job on a small random model and reviews that come with the program, in under a minute", "converge demo --out out/demo") => Add(_out);

    /// <inheritdoc/>
    public override string AfterInterruption => "Finished units are kept; run the same command again to go on";

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var folder = arguments.GetRequiredValue(_out);
        var model = Path.Combine(folder, "model");
        DemoModel.Write(model);
        ModelNote.Write(model, Note);
        invocation.Note($"wrote a small model with random weights into {model}");
        var study = Path.Combine(AppContext.BaseDirectory, "studies", "demo.yaml");
        string[] overrides = [$"models.0.path={model}"];
        var plan = StudyPlan.Create(StudySpec.Load(study, overrides));
        var result = new StudyExecution(folder, new RunOptions()).Run(plan, study, overrides, invocation);
        invocation.Say(Note);
        result.Data["note"] = Note;
        return result;
    }
}
