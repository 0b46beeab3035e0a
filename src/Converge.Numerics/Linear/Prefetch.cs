using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Converge.Numerics;

/// <summary>Asks for cache lines.</summary>
internal static unsafe class Prefetch
{
    /// <summary>The line of an address into the second-level cache, where the processor takes such hints.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToSecondLevel(nint address)
    {
        if (Sse.IsSupported) Sse.Prefetch1((void*)address);
    }

    /// <summary>The line of an address into the first-level cache, where the processor takes such hints.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToFirstLevel(nint address)
    {
        if (Sse.IsSupported) Sse.Prefetch0((void*)address);
    }
}
