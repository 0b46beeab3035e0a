using System.CommandLine;
using Converge.Cli.Options;

namespace Converge.Cli.Bench;

/// <summary>An option whose value is a list of shapes.</summary>
internal static class ShapeList
{
    /// <summary>Shapes of models.</summary>
    public static Option<IReadOnlyList<BenchShape>?> Option(string name, string description) =>
        Lists.List(name, description, "S1,S2,...", $"no shape; write {BenchShape.Syntax}", BenchShape.Parse, ArgumentArity.ExactlyOne);
}
