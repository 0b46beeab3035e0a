using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Study;
using Converge.Studies.Comparison;
using Converge.Studies.Run;

namespace Converge.Cli.Verbs;

/// <summary><c>converge compare</c>: two studies side by side, paired where they drew the same runs.</summary>
internal sealed class CompareVerb : Verb
{
    private readonly Argument<string> _first = new("OUT_A") { Description = "A folder that a study was run into" };
    private readonly Argument<string> _second = new("OUT_B") { Description = "Another one: a larger model, a chat model, or the same after a change" };

    public CompareVerb()
        : base("compare", VerbGroup.Study, "Two studies side by side: sizes, base and chat, before and after", """
            converge run studies/demo.yaml --set models.0.path=models/pocket --set runs=5 --out out/before
            converge run studies/demo.yaml --set models.0.path=models/pocket --set runs=5 --set tuning.epochs=20 --out out/after
            converge compare out/before out/after
            """)
    {
        Add(_first);
        Add(_second);
    }

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        StudyOutput first = StudyOutput.Open(arguments.GetRequiredValue(_first)), second = StudyOutput.Open(arguments.GetRequiredValue(_second));
        var rows = StudyComparison.Of(Reporting.Read(first, invocation), Reporting.Read(second, invocation), Reporting.ResultOptionsOf(first.Manifest).Bootstrap);
        foreach (var line in ComparisonTable.Lines(rows)) invocation.Say(line);
        invocation.Say($"{Quantities.Of(rows.Count(row => row.AdjustedP < 0.05), "difference")} of {rows.Count} with p below 0.05 after Holm's correction for all of them");
        return new VerbResult(new JsonObject { ["a"] = first.Folder, ["b"] = second.Folder, ["series"] = ComparisonTable.Data(rows) });
    }
}
