using System.Diagnostics;

namespace Converge.Numerics.Tests.Probe;

/// <summary>Runs this test program's own Main in a child process.</summary>
internal static class Child
{
    public static (int ExitCode, string Out, string Error) Run(string arguments, params (string Name, string Value)[] environment) => RunUnder("", arguments, environment);

    /// <summary>The same under another program, which starts it.</summary>
    public static (int ExitCode, string Out, string Error) RunUnder(string starter, string arguments, params (string Name, string Value)[] environment)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        string[] words = [.. starter.Split(' ', StringSplitOptions.RemoveEmptyEntries), host];
        var start = new ProcessStartInfo(words[0], $"{string.Join(' ', words[1..])} exec \"{typeof(Child).Assembly.Location}\" {arguments}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove(SimdPaths.Variable);
        // A crash that is expected leaves no core file.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            process.Kill();
            Assert.Fail("the child process did not end within a minute");
        }
        return (process.ExitCode, output.Result.Trim(), error.Result.Trim());
    }
}
