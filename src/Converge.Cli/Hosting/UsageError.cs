using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Studies.Spec;

namespace Converge.Cli.Hosting;

/// <summary>A command line that cannot be understood, in one line.</summary>
internal static class UsageError
{
    /// <summary>Says what is wrong first, a near word where there is one, and where to read on; returns the exit code.</summary>
    public static int Report(ParseResult parsed, bool json, TextWriter output, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        bool atRoot = command is not Verb;
        var what = Describe(parsed, command, atRoot);
        var name = Name(command);
        var help = atRoot ? "converge --help" : $"converge {name} --help";
        error.WriteLine(Printable.Line($"converge: {(atRoot ? "" : $"{name}: ")}{what} See '{help}'."));
        if (json) output.WriteLine(new JsonObject
        {
            ["verb"] = atRoot ? null : name,
            ["exit_code"] = ExitCodes.BadInput,
            ["error"] = new JsonObject { ["where"] = atRoot ? "converge" : name, ["what"] = what, ["mend"] = $"See '{help}'" },
        }.ToJsonString());
        return ExitCodes.BadInput;
    }

    // A verb of a verb has both names: bench make-checkpoint.
    private static string Name(Command command) => command.Parents.OfType<Verb>().FirstOrDefault() is { } above ? $"{above.Name} {command.Name}" : command.Name;

    private static string Describe(ParseResult parsed, Command command, bool atRoot)
    {
        if (parsed.UnmatchedTokens.FirstOrDefault() is not { } unknown)
            return atRoot ? "a verb is missing." : $"{parsed.Errors[0].Message.TrimEnd('.')}.";
        bool option = unknown.StartsWith('-');
        var known = option ? command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(symbol => symbol.Name) : command.Subcommands.Select(verb => verb.Name);
        var kind = option ? "an option" : atRoot ? "a verb" : "expected here";
        return $"'{unknown}' is not {kind}{Spelling.Hint(unknown, known)}.";
    }
}
