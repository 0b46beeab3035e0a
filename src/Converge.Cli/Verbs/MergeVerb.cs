using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Hosting;
using Converge.Cli.Options;
using Converge.Cli.Study;
using Converge.Studies.Run;

namespace Converge.Cli.Verbs;

/// <summary><c>converge merge</c>: shards that were computed into one folder or several become one finished study.</summary>
internal sealed class MergeVerb : Verb
{
    private readonly Argument<string[]> _folders = new("OUT") { Description = "Folders that shards of one study were run into; one is enough where they share it", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _into = Opt.Text("--into", "DIR", "Where the whole study goes [default: the first OUT]");

    public MergeVerb()
        : base("merge", VerbGroup.Study, "Join shards and report on the whole", """
            converge run studies/demo.yaml --set models.0.path=models/pocket --set runs=4 --shard 1/2 --out out/one
            converge run studies/demo.yaml --set models.0.path=models/pocket --set runs=4 --shard 2/2 --out out/two
            converge merge out/one out/two --into out/both
            """)
    {
        Add(_folders);
        Add(_into);
    }

    /// <inheritdoc/>
    public override VerbResult Execute(ParseResult arguments, Invocation invocation)
    {
        var folders = arguments.GetRequiredValue(_folders);
        var into = arguments.GetValue(_into) ?? folders[0];
        int copied = invocation.Watch("merge", "units", 0, counter => ShardMerge.Join(folders, into, counter, invocation.Cancellation));
        var output = StudyOutput.Open(into);
        ShardMerge.RequireWhole(output);
        KeepExport.Write(output, invocation.Cancellation);
        invocation.Note($"{Quantities.Of(copied, "unit")} copied into {into}");
        var data = new JsonObject { ["study"] = output.Manifest.Study.Name, ["out"] = into, ["units"] = output.Manifest.Units.Count, ["copied"] = copied };
        StudyExecution.Finish(output, 0, data, invocation);
        return new VerbResult(data);
    }
}
