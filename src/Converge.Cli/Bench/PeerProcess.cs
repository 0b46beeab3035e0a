using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Converge.Engine;

namespace Converge.Cli.Bench;

/// <summary>Runs a script with PyTorch and reads the JSON object it prints.</summary>
/// <param name="python">The Python of the system, which has the system's PyTorch.</param>
internal sealed class PeerProcess(string python)
{
    private const string OpenBlas = "/usr/lib/x86_64-linux-gnu/openblas-openmp";

    /// <summary>Sees to it that a comparison can run, before anything is measured.</summary>
    /// <exception cref="BadInputException">Python, PyTorch, its fast linear algebra or the script is missing; names all that is.</exception>
    public void Check(string script)
    {
        if (!File.Exists(script)) throw new BadInputException(script, "there is no such script to compare with", "Give its place with --peer-script or --study-script");
        if (!File.Exists(python)) throw new BadInputException(python, "there is no such Python", "Install python3, python3-torch and libopenblas0-openmp, or give another with --peer-python");
        var missing = new List<string>();
        if (Run(["-c", "import torch"], CancellationToken.None).ExitCode != 0) missing.Add("python3-torch");
        // Without it, another build of OpenBLAS fights PyTorch's threads, and the comparison would flatter us.
        if (OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 && !Directory.Exists(OpenBlas)) missing.Add("libopenblas0-openmp");
        if (missing.Count > 0) throw new BadInputException("--peer", $"needs {string.Join(" and ", missing)} for {python}", $"On Debian: apt install {string.Join(' ', missing)}");
    }

    /// <summary>Runs a script; the last line that it prints is its result.</summary>
    /// <exception cref="BadInputException">It failed or printed something else.</exception>
    public JsonObject Result(string script, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var (exitCode, output, error) = Run([script, .. arguments], cancellation);
        if (exitCode != 0) throw new BadInputException(script, $"ended with exit code {exitCode}: {LastLine(error)}", $"Run it by itself: {python} {script} {string.Join(' ', arguments)}");
        try
        {
            return JsonNode.Parse(LastLine(output))?.AsObject() ?? throw new JsonException();
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new BadInputException(script, "printed no JSON object", $"Run it by itself: {python} {script} {string.Join(' ', arguments)}");
        }
    }

    private (int ExitCode, string Output, string Error) Run(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            process.WaitForExitAsync(cancellation).GetAwaiter().GetResult();
            return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];
}
