using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Converge.Studies.Run;

/// <summary>The machine that units were computed on. Across instruction sets results may differ by rounding, so it is put on record.</summary>
/// <param name="Processor">The processor's model.</param>
/// <param name="InstructionSet">The widest vector instructions that the program can use.</param>
/// <param name="Cores">Logical cores that the program may use.</param>
/// <param name="OperatingSystem">Name and version.</param>
/// <param name="Runtime">The .NET version.</param>
public sealed record Machine(string Processor, string InstructionSet, int Cores, string OperatingSystem, string Runtime)
{
    /// <summary>This machine.</summary>
    public static Machine Current { get; } = new(ProcessorName(), Vectors(), Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription);

    /// <summary>The most memory that this process has had so far, in bytes.</summary>
    public static long PeakMemoryBytes
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    private static string ProcessorName()
    {
        try
        {
            const string key = "model name";
            if (File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line) return line[(line.IndexOf(':') + 1)..].Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Only Linux has the file; elsewhere the architecture must do.
        }
        return RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Vectors() => (Avx512F.IsSupported, Avx2.IsSupported, RuntimeInformation.ProcessArchitecture) switch
    {
        (true, _, _) => "AVX-512",
        (_, true, _) => "AVX2",
        (_, _, Architecture.Arm64) => "NEON",
        _ => "128 bit or none",
    };
}
