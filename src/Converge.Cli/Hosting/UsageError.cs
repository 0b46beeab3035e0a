using System.CommandLine;

namespace Converge.Cli.Hosting;

/// <summary>A command line that cannot be understood, in one line.</summary>
internal static class UsageError
{
    /// <summary>What is wrong first, a near word where there is one, and where to read on.</summary>
    public static string Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        bool atRoot = command is not Verb;
        var help = atRoot ? "converge --help" : $"converge {command.Name} --help";
        var prefix = atRoot ? "" : $"{command.Name}: ";
        var unknown = parsed.UnmatchedTokens.FirstOrDefault();
        if (unknown is not null)
        {
            bool option = unknown.StartsWith('-');
            var known = option ? command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(symbol => symbol.Name) : command.Subcommands.Select(verb => verb.Name);
            var kind = option ? "an option" : atRoot ? "a verb" : "expected here";
            var near = Nearest(unknown, known);
            return $"{prefix}'{unknown}' is not {kind}{(near is null ? "." : $"; did you mean '{near}'?")} See '{help}'.";
        }
        var message = parsed.Errors.Count > 0 ? parsed.Errors[0].Message : "a verb is missing";
        return $"{prefix}{message.TrimEnd('.')}. See '{help}'.";
    }

    /// <summary>The known word at the least edit distance, if that is at most two and below the word's length.</summary>
    public static string? Nearest(string word, IEnumerable<string> known) => known
        .Select(candidate => (candidate, distance: Distance(word, candidate)))
        .Where(pair => pair.distance <= 2 && pair.distance < word.Length)
        .OrderBy(pair => pair.distance)
        .Select(pair => pair.candidate)
        .FirstOrDefault();

    // Levenshtein's distance, one row at a time.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
