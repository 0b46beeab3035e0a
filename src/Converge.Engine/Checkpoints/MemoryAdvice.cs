using System.Runtime.InteropServices;

namespace Converge.Engine.Checkpoints;

/// <summary>Tells the operating system which pages of a mapped file come next and which are done with; does nothing where it takes no such advice.</summary>
internal static unsafe partial class MemoryAdvice
{
    // The numbers of Linux's <sys/mman.h>.
    private const int WillNeed = 3, DoNotNeed = 4, PopulateRead = 22;

    /// <summary>Reads a range into memory; returns when it is there, so call it from a thread of its own.</summary>
    public static void Read(byte* start, long length)
    {
        if (!OperatingSystem.IsLinux() || length <= 0) return;
        var (first, bytes) = Pages(start, length, outward: true);
        // Before Linux 5.14 there is only the wish, which does not wait.
        if (Advise(first, bytes, PopulateRead) != 0) _ = Advise(first, bytes, WillNeed);
    }

    /// <summary>Lets go of the whole pages of a range; a later look reads them again.</summary>
    public static void Release(byte* start, long length)
    {
        if (!OperatingSystem.IsLinux() || length <= 0) return;
        var (first, bytes) = Pages(start, length, outward: false);
        if (bytes > 0) _ = Advise(first, bytes, DoNotNeed);
    }

    private static (nint First, nuint Bytes) Pages(byte* start, long length, bool outward)
    {
        nint page = Environment.SystemPageSize, from = (nint)start, to = (nint)(start + length);
        if (outward) from = from / page * page;
        else (from, to) = ((from + page - 1) / page * page, to / page * page);
        return (from, (nuint)Math.Max(0, to - from));
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
