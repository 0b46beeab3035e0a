using System.Text.Json.Nodes;

namespace Converge.Cli.Hosting;

/// <summary>What a verb leaves for machines.</summary>
/// <param name="Data">The members that <c>--json</c> prints, in this order, after the verb's name and the exit code.</param>
/// <param name="ExitCode">How the program ends.</param>
internal sealed record VerbResult(JsonObject Data, int ExitCode = ExitCodes.Done);
