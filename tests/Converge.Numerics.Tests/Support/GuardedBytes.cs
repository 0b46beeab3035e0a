using System.Runtime.InteropServices;

namespace Converge.Numerics.Tests.Support;

/// <summary>
/// Native memory between two margins. All of it begins as 0xFF bytes, which are NaN in every element type: a kernel that reads beyond what it was given
/// turns its result into NaN, and one that writes beyond leaves a trace.
/// </summary>
internal sealed unsafe class GuardedBytes : IDisposable
{
    private const int Margin = 512;
    private readonly byte* _block;
    private readonly long _length;
    private readonly int _offset;

    /// <summary>Room for <paramref name="length"/> bytes, <paramref name="offset"/> bytes after a cache line's beginning.</summary>
    public GuardedBytes(long length, int offset)
    {
        _length = length;
        _offset = offset;
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)(length + offset + 2 * Margin), 64);
        NativeMemory.Fill(_block, (nuint)(length + offset + 2 * Margin), 0xFF);
    }

    public byte* Data => _block + Margin + _offset;

    /// <summary>Fails if a byte outside rows of <paramref name="rowBytes"/>, <paramref name="strideBytes"/> apart, is not what it was.</summary>
    public void AssertUntouchedOutside(int rows, long rowBytes, long strideBytes)
    {
        for (long at = -(Margin + _offset); at < _length + Margin; at++)
        {
            bool inside = at >= 0 && at < rows * strideBytes && at % strideBytes < rowBytes;
            if (!inside && Data[at] != 0xFF) Assert.Fail($"byte {at} of {_length} was written");
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_block);
}
