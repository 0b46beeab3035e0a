using System.Diagnostics;

namespace Converge.Cli.Display;

/// <summary>The most memory this process has held.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";

    /// <summary>The peak resident set in bytes (<c>VmHWM</c> on Linux); mapped weights that were touched count.</summary>
    public static long Bytes()
    {
        if (File.Exists(Status))
        {
            var line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            if (line is not null && long.TryParse(line["VmHWM:".Length..].Replace("kB", "").Trim(), out long kibibytes)) return kibibytes * 1024;
        }
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
