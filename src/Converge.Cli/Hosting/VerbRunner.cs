using System.CommandLine;
using System.Text.Json.Nodes;
using Converge.Cli.Display;
using Converge.Cli.Options;
using Converge.Engine;
using Converge.Studies.Run;

namespace Converge.Cli.Hosting;

/// <summary>Runs a verb and turns whatever happens into an exit code, one line on standard error, and JSON where it is wanted.</summary>
internal static class VerbRunner
{
    /// <summary>Runs <paramref name="verb"/>; returns the exit code.</summary>
    public static int Run(Verb verb, ParseResult arguments)
    {
        bool json = arguments.GetValue(GlobalOptions.Json), verbose = arguments.GetValue(GlobalOptions.Verbose);
        var (output, error) = (arguments.InvocationConfiguration.Output, arguments.InvocationConfiguration.Error);
        using var interruption = new Interruption();
        var invocation = new Invocation(output, error, json, OnTerminal(error), interruption.Token);
        try
        {
            var result = verb.Execute(arguments, invocation);
            if (json) WriteJson(output, verb, invocation, result);
            return result.ExitCode;
        }
        catch (Exception caught)
        {
            var failure = Failure.Of(caught, verb, interruption.Token.IsCancellationRequested);
            error.WriteLine(Printable.Line($"converge: {failure.Line}"));
            if (verbose) error.WriteLine(caught);
            if (json) WriteJson(output, verb, invocation, new VerbResult(failure.Json, failure.ExitCode));
            return failure.ExitCode;
        }
    }

    private static bool OnTerminal(TextWriter error) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected && !Console.IsOutputRedirected;

    private static void WriteJson(TextWriter output, Verb verb, Invocation invocation, VerbResult result)
    {
        var whole = new JsonObject { ["verb"] = verb.Name, ["exit_code"] = result.ExitCode };
        foreach (var (name, value) in result.Data) whole[name] = value?.DeepClone();
        whole["elapsed_seconds"] = Math.Round(invocation.Elapsed.TotalSeconds, 3);
        whole["peak_memory_bytes"] = Machine.PeakMemoryBytes;
        output.WriteLine(whole.ToJsonString());
    }

    /// <summary>A caught exception as the user sees it.</summary>
    private sealed record Failure(int ExitCode, string Line, JsonObject Json)
    {
        public static Failure Of(Exception caught, Verb verb, bool interrupted) => caught switch
        {
            BadInputException bad => new(ExitCodes.BadInput, bad.Message, Error(bad.What, bad.Where, bad.Mend)),
            // The engine's switch of vector paths names itself, what it was set to and what it may be.
            PlatformNotSupportedException refused => new(ExitCodes.BadInput, $"{Clause(refused)}.", Error(Clause(refused), verb.Name, "Change or remove the variable")),
            OperationCanceledException when interrupted =>
                new(ExitCodes.Interrupted, $"{verb.Name}: stopped. {verb.AfterInterruption}.", Error("stopped", verb.Name, verb.AfterInterruption)),
            IOException or UnauthorizedAccessException =>
                new(ExitCodes.BadInput, $"{verb.Name}: {Clause(caught)}. Check the path and the space left.", Error(Clause(caught), verb.Name, "Check the path and the space left")),
            _ => new(ExitCodes.Failed, $"{verb.Name}: {caught.GetType().Name}: {Clause(caught)}. Run with --verbose for the place.", Error(Clause(caught), verb.Name, "Run with --verbose for the place")),
        };

        // Some messages of the runtime end in a full stop and some do not.
        private static string Clause(Exception caught) => caught.Message.TrimEnd('.');

        private static JsonObject Error(string what, string where, string mend) =>
            new() { ["error"] = new JsonObject { ["where"] = where, ["what"] = what, ["mend"] = mend } };
    }
}
