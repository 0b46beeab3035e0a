using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Converge.Numerics.Tests.Probe;

/// <summary>
/// Memory between two pages that may not be touched, itself ending where the second begins or beginning where the first ends: reading one byte too
/// far ends the process, as it would at the end of a mapped file.
/// </summary>
internal sealed unsafe class GuardPages : IDisposable
{
    private const int None = 0, Read = 1, ReadWrite = 3, PrivateAnonymous = 0x22;
    private readonly nint _page = Environment.SystemPageSize;
    private readonly nint _start;
    private readonly nint _length;

    public GuardPages(long bytes, bool atEnd)
    {
        nint room = (nint)((bytes + _page - 1) / _page * _page);
        _length = room + 2 * _page;
        _start = Map(0, _length, ReadWrite, PrivateAnonymous, -1, 0);
        if (_start == -1) throw new Win32Exception(Marshal.GetLastPInvokeError());
        Protect(_start, _page, None);
        Protect(_start + _length - _page, _page, None);
        Data = (byte*)(_start + _page + (atEnd ? room - (nint)bytes : 0));
    }

    public byte* Data { get; }

    /// <summary>From now on writing to the memory ends the process too.</summary>
    public void MakeReadOnly() => Protect(_start + _page, _length - 2 * _page, Read);

    public void Dispose() => _ = Unmap(_start, _length);

    private static void Protect(nint address, nint length, int protection)
    {
        if (SetProtection(address, length, protection) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static extern nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static extern int Unmap(nint address, nint length);

    [DllImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static extern int SetProtection(nint address, nint length, int protection);
}
