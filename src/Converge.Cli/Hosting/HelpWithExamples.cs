using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Converge.Cli.Hosting;

/// <summary>The help texts: the root's verbs under headings, and an example at the end of each verb's own.</summary>
internal sealed class HelpWithExamples(HelpAction standard) : SynchronousCommandLineAction
{
    private static readonly (VerbGroup Group, string Heading)[] Headings =
    [
        (VerbGroup.Study, "Studies"),
        (VerbGroup.Model, "One model"),
        (VerbGroup.Look, "Looking before running"),
    ];

    /// <summary>Shows this help in place of the standard one, for every verb of <paramref name="root"/>.</summary>
    public static void Install(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Description = "Show help for a verb, with an example";
        option.Action = new HelpWithExamples((HelpAction)option.Action!);
    }

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is not Verb verb)
        {
            WriteRoot((RootCommand)parseResult.RootCommandResult.Command, output);
            return ExitCodes.Done;
        }
        standard.Invoke(parseResult);
        output.WriteLine("Example:");
        foreach (var line in verb.Example.Split('\n')) output.WriteLine($"  {line}");
        return ExitCodes.Done;
    }

    /// <summary>Writes the root's help.</summary>
    public static void WriteRoot(RootCommand root, TextWriter output)
    {
        output.WriteLine(root.Description);
        output.WriteLine();
        output.WriteLine("Usage: converge VERB [options]     converge VERB --help shows the options and an example");
        var verbs = root.Subcommands.OfType<Verb>().ToList();
        foreach (var (group, heading) in Headings)
        {
            output.WriteLine();
            output.WriteLine($"{heading}:");
            foreach (var verb in verbs.Where(verb => verb.Group == group)) output.WriteLine($"  {verb.Name,-10} {verb.Description}");
        }
        output.WriteLine();
        output.WriteLine("With every verb:");
        foreach (var option in root.Options.Where(option => !option.Hidden)) output.WriteLine($"  {option.Name,-10} {option.Description}");
        output.WriteLine();
        output.WriteLine("Exit codes: 0 done; 1 failed; 2 bad usage or bad input; 130 stopped by Ctrl-C.");
        output.WriteLine("Begin with: converge demo --out out/demo");
    }
}
