using System.Runtime.Intrinsics.X86;

namespace Converge.Numerics;

/// <summary>The vector paths of the float32 kernels. Results may differ between paths by rounding, never within one.</summary>
public enum SimdPath
{
    /// <summary>No vectors: the reference.</summary>
    Scalar,

    /// <summary>Four floats at once.</summary>
    Vector128,

    /// <summary>Eight floats at once: AVX2 with FMA.</summary>
    Avx2,

    /// <summary>Sixteen floats at once: AVX-512.</summary>
    Avx512,
}

/// <summary>Which vector path is in use.</summary>
public static class SimdPaths
{
    // A SimdPath, or -1 before it was chosen: one word, so that no thread sees half of it.
    private static int s_current = -1;

    /// <summary>The environment variable that forces a path: <c>scalar</c>, <c>vector128</c>, <c>avx2</c> or <c>avx512</c>.</summary>
    public const string Variable = "CONVERGE_SIMD";

    /// <summary>The widest path that this processor has.</summary>
    // Avx512F rather than Vector512.IsHardwareAccelerated: the runtime reports false for the latter on processors that once lowered their clock.
    public static SimdPath Widest { get; } =
        Avx512F.IsSupported && Avx512DQ.IsSupported ? SimdPath.Avx512
        : Avx2.IsSupported && Fma.IsSupported ? SimdPath.Avx2
        : System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated ? SimdPath.Vector128
        : SimdPath.Scalar;

    /// <summary>The path in use: the widest, or the one that <see cref="Variable"/> forces.</summary>
    /// <exception cref="PlatformNotSupportedException">The forced path is unknown, or this processor lacks it.</exception>
    // Chosen when first asked for: a static initialiser would wrap the exception in another that hides its message.
    public static SimdPath Current
    {
        get => (SimdPath)(s_current >= 0 ? s_current : s_current = (int)Choose(Environment.GetEnvironmentVariable(Variable)));
        internal set => s_current = (int)value;
    }

    internal static SimdPath Choose(string? forced)
    {
        if (string.IsNullOrEmpty(forced)) return Widest;
        // By name alone: Enum.TryParse would take "1" and "scalar,avx2" too.
        int index = Array.FindIndex(Enum.GetNames<SimdPath>(), name => name.Equals(forced, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
            throw new PlatformNotSupportedException($"{Variable}={forced}: unknown; use one of {string.Join(", ", Enum.GetNames<SimdPath>()).ToLowerInvariant()}");
        var path = Enum.GetValues<SimdPath>()[index];
        if (path > Widest) throw new PlatformNotSupportedException($"{Variable}={forced}: this processor has no more than {Widest.ToString().ToLowerInvariant()}");
        return path;
    }
}
