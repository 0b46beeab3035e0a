using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Study;
using Converge.Studies.Run;

namespace Converge.Cli.Verbs;

/// <summary><c>converge report</c>: tables, figures and page again, from stored results.</summary>
internal sealed class ReportVerb : Verb
{
    private readonly Argument<string> _folder = new("OUT") { Description = "A folder that a study was run into" };

    public ReportVerb()
        : base("report", VerbGroup.Study, "Rebuild tables, figures and the page from stored results", "converge report out/demo") => Add(_folder);

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var output = StudyOutput.Open(arguments.GetRequiredValue(_folder));
        int missing = output.Missing.Count;
        if (missing > 0) invocation.Note($"note: {missing} of {Quantities.Of(output.Manifest.Units.Count, "unit")} are not finished; the report says so");
        var data = new JsonObject { ["study"] = output.Manifest.Study.Name, ["out"] = output.Folder, ["units"] = output.Manifest.Units.Count, ["missing"] = missing };
        StudyExecution.Finish(output, 0, data, invocation);
        return new VerbResult(data);
    }
}
