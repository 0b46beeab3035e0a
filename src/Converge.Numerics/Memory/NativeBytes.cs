namespace Converge.Numerics;

/// <summary>What matrices took of native memory, which the runtime does not count.</summary>
public static class NativeBytes
{
    private static long s_allocated;

    /// <summary>All bytes that matrices ever allocated, freed ones included: unchanged by work that finds its memory there.</summary>
    public static long Allocated => Interlocked.Read(ref s_allocated);

    /// <summary>Counts an allocation.</summary>
    internal static void Count(long bytes) => Interlocked.Add(ref s_allocated, bytes);
}
