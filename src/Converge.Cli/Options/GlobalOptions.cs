using System.CommandLine;

namespace Converge.Cli.Options;

/// <summary>Options of every verb.</summary>
internal static class GlobalOptions
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object on standard output, for machines", Recursive = true };

    /// <summary><c>--verbose</c>.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show the place in the program where an error arose", Recursive = true };
}
