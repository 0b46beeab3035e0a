using System.Runtime.InteropServices;

namespace Converge.Numerics;

/// <summary>
/// Native memory for large operands. Blocks of two megabytes and more are aligned to that and the system is asked to back them with huge pages: kernels walk down
/// columns whose elements lie a page apart, and every page of four kilobytes would cost a look into the page tables.
/// </summary>
internal static unsafe partial class NativeBlock
{
    private const nuint Line = 64, HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Memory of undefined contents, aligned to a cache line at least; given back by <see cref="Free"/>.</summary>
    public static void* Allocate(nuint bytes)
    {
        if (bytes < HugePage || !OperatingSystem.IsLinux()) return NativeMemory.AlignedAlloc(bytes, Line);
        nuint whole = (bytes + HugePage - 1) / HugePage * HugePage;
        void* data = NativeMemory.AlignedAlloc(whole, HugePage);
        // Advice: where it is refused, small pages serve as well, only slower.
        _ = Advise(data, whole, AdviseHugePages);
        return data;
    }

    /// <summary>Frees what <see cref="Allocate"/> gave; null is nothing.</summary>
    public static void Free(void* data) => NativeMemory.AlignedFree(data);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
