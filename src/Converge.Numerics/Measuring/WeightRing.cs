using System.Runtime.InteropServices;

namespace Converge.Numerics;

/// <summary>
/// Random weights for measurements. Successive weights lie in different memory, so that each comes from there and not from a cache, as in a pass over a
/// whole model; and they begin eight bytes past a cache line, since files of weights align tensors to no more than that.
/// </summary>
public sealed unsafe class WeightRing : IDisposable
{
    private const int Line = 64, PastLine = 8, PatternBytes = 1 << 16;
    private const double Deviation = 0.02;

    private readonly Matrix<byte> _memory;
    private readonly long _bytes;
    private long _next;

    /// <summary>A ring of at least <paramref name="bytes"/> bytes; one weight may be as large as that.</summary>
    /// <param name="type">F32, F16 or BF16; F64 where the arithmetic is.</param>
    /// <param name="bytes">Several times the last cache.</param>
    public WeightRing(ElementType type, long bytes)
    {
        Type = type;
        int blocks = checked((int)((bytes + Line + PatternBytes - 1) / PatternBytes));
        _bytes = (long)blocks * PatternBytes;
        _memory = new Matrix<byte>(blocks, PatternBytes);
        byte[] pattern = Pattern(type);
        for (int block = 0; block < blocks; block++) pattern.CopyTo(_memory.View.Row(block));
    }

    /// <summary>The type of the weights.</summary>
    public ElementType Type { get; }

    /// <summary>The next weight; valid until the ring is disposed of. A weight that comes around again holds what was written to it.</summary>
    /// <exception cref="ArgumentException">The ring is smaller than that.</exception>
    public WeightView Next(int rows, int columns)
    {
        long bytes = (long)rows * columns * Type.Size() + PastLine;
        if (bytes > _bytes) throw new ArgumentException($"[{rows}, {columns}] does not fit into {_bytes} bytes", nameof(rows));
        if (_next + bytes > _bytes) _next = 0;
        var view = new WeightView(_memory.View.Data + _next + PastLine, Type, rows, columns);
        _next += (bytes + Line - 1) / Line * Line;
        return view;
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private static byte[] Pattern(ElementType type)
    {
        var pattern = new byte[PatternBytes];
        for (int i = 0; i < PatternBytes / type.Size(); i++)
        {
            double value = Deviation * Philox.NormalAt(0, 0, (ulong)i);
            var at = pattern.AsSpan(i * type.Size());
            switch (type)
            {
                case ElementType.F64: MemoryMarshal.Write(at, value); break;
                case ElementType.F32: MemoryMarshal.Write(at, (float)value); break;
                case ElementType.F16: MemoryMarshal.Write(at, (Half)value); break;
                default: MemoryMarshal.Write(at, (ushort)(BitConverter.SingleToUInt32Bits((float)value) >> 16)); break;
            }
        }
        return pattern;
    }
}
