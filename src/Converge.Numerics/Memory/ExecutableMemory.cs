using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Converge.Numerics;

/// <summary>Machine code in memory of its own, which is never writable and executable at once. It stays until the process ends.</summary>
internal static unsafe partial class ExecutableMemory
{
    private const int Read = 1, Write = 2, Execute = 4, PrivateAnonymous = 0x22;
    private static readonly nint s_failed = -1;

    /// <summary>Where a copy of the code can be called. Linux only.</summary>
    /// <exception cref="Win32Exception">The system gives no such memory.</exception>
    public static nint Of(ReadOnlySpan<byte> code)
    {
        nint address = Map(0, (nuint)code.Length, Read | Write, PrivateAnonymous, -1, 0);
        if (address == s_failed) throw new Win32Exception();
        code.CopyTo(new Span<byte>((void*)address, code.Length));
        if (Protect(address, (nuint)code.Length, Read | Execute) != 0) throw new Win32Exception();
        return address;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);
}
