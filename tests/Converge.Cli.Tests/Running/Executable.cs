using System.Diagnostics;
using System.Text.Json.Nodes;
using Converge.Tests;

namespace Converge.Cli.Tests.Running;

/// <summary>How a child process ended.</summary>
internal sealed record Ended(int ExitCode, string Out, string Error)
{
    /// <summary>The one JSON object on standard output.</summary>
    public JsonObject Json => JsonNode.Parse(Out)!.AsObject();

    /// <summary>Fails unless the exit code is the one expected, showing what the process said.</summary>
    public Ended Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, expected {exitCode}\n--- out\n{Out}\n--- error\n{Error}");
        return this;
    }

    /// <summary>
    /// Fails unless the process ended with bad input: exit code 2 and one line on standard error, which is returned. On a slow machine lines of progress may
    /// stand before it.
    /// </summary>
    public string ExpectBadInput()
    {
        Expect(2);
        var line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.EndsWith(" so far", StringComparison.Ordinal));
        Assert.StartsWith("converge: ", line, StringComparison.Ordinal);
        Assert.Equal("", Out);
        return line;
    }
}

/// <summary>Runs the built executable as users do.</summary>
internal static class Executable
{
    /// <summary>The executable beside this test's own build: same configuration.</summary>
    public static string Location { get; } = Path.GetFullPath(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "Converge.Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "converge"));

    /// <summary>Runs <c>converge</c> to its end.</summary>
    public static Ended Run(params string[] arguments) => Finish(Start(Location, arguments));

    /// <summary>Runs a bash command line in <paramref name="folder"/> to its end.</summary>
    public static Ended Bash(string folder, string command) => Finish(Start("/bin/bash", ["-c", command], folder));

    /// <summary>Starts a process without waiting.</summary>
    public static Process Start(string program, string[] arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Repository.Root,
        };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Waits for the end of <paramref name="process"/> and what it said.</summary>
    public static Ended Finish(Process process)
    {
        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail("the process did not end within three minutes");
            }
            return new Ended(process.ExitCode, output.Result, error.Result);
        }
    }
}
