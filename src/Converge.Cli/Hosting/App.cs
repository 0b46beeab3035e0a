using System.CommandLine;
using System.CommandLine.Invocation;
using Converge.Cli.Options;
using Converge.Cli.Verbs;

namespace Converge.Cli.Hosting;

/// <summary>The program: its verbs, and what becomes of a command line.</summary>
internal static class App
{
    /// <summary>Runs a command line; returns the exit code.</summary>
    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        var root = CreateRoot();
        if (arguments.Length == 0)
        {
            HelpWithExamples.WriteRoot(root, error);
            return ExitCodes.BadInput;
        }
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is null or ParseErrorAction || (parsed.Errors.Count > 0 && parsed.Action is not CommandLineAction { ClearsParseErrors: true }))
        {
            return UsageError.Report(parsed, arguments.Contains(GlobalOptions.Json.Name), output, error);
        }
        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>The root command with all verbs.</summary>
    public static RootCommand CreateRoot()
    {
        var root = new RootCommand("converge: how far in-context learning and instruction tuning move a model's hidden states, and how far the two converge")
        {
            GlobalOptions.Json,
            GlobalOptions.Verbose,
        };
        foreach (var verb in AllVerbs()) root.Add(verb);
        root.Options.OfType<VersionOption>().Single().Description = "Show the version";
        HelpWithExamples.Install(root);
        return root;
    }

    private static IEnumerable<Verb> AllVerbs() =>
    [
        new DemoVerb(), new AdviseVerb(), new RunVerb(), new PlanVerb(), new ValidateVerb(), new ReportVerb(), new MergeVerb(), new CompareVerb(),
        new StatesVerb(), new GenerateVerb(), new TuneVerb(), new PretrainVerb(),
        new InspectVerb(), new TokenizeVerb(), new IclVerb(), new BenchVerb(),
    ];
}
