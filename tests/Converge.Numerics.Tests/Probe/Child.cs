using System.Diagnostics;

namespace Converge.Numerics.Tests.Probe;

/// <summary>Runs this test program's own Main in a child process.</summary>
internal static class Child
{
    public static (int ExitCode, string Out, string Error) Run(string arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", $"exec \"{typeof(Child).Assembly.Location}\" {arguments}")
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
