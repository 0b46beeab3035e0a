using System.Numerics;
using System.Runtime.InteropServices;
using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>Looks for NaN and infinities: elements whose exponent bits are all ones.</summary>
internal static unsafe class FiniteScan
{
    /// <summary>Elements looked at together; every chunk fits a span.</summary>
    private const int Chunk = 1 << 20;

    /// <summary>The row-major index of the first element that is not finite, or -1.</summary>
    public static long FirstNotFinite(WeightView view)
    {
        long elements = (long)view.Rows * view.Columns;
        int size = view.Type.Size();
        for (long start = 0; start < elements; start += Chunk)
        {
            var bytes = new ReadOnlySpan<byte>(view.Data + start * size, (int)Math.Min(Chunk, elements - start) * size);
            int found = view.Type switch
            {
                ElementType.F32 => First(MemoryMarshal.Cast<byte, uint>(bytes), 0x7F80_0000u),
                ElementType.F16 => First(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7C00),
                ElementType.BF16 => First(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7F80),
                _ => First(MemoryMarshal.Cast<byte, ulong>(bytes), 0x7FF0_0000_0000_0000ul),
            };
            if (found >= 0) return start + found;
        }
        return -1;
    }

    /// <summary>The index of the first float32 that is not finite, or -1.</summary>
    public static int FirstNotFinite(ReadOnlySpan<float> values) => First(MemoryMarshal.Cast<float, uint>(values), 0x7F80_0000u);

    private static int First<T>(ReadOnlySpan<T> bits, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        int i = 0;
        var mask = new Vector<T>(exponent);
        for (; i <= bits.Length - Vector<T>.Count; i += Vector<T>.Count)
            if (Vector.EqualsAny(new Vector<T>(bits[i..]) & mask, mask))
                break;
        for (; i < bits.Length; i++)
            if ((bits[i] & exponent) == exponent)
                return i;
        return -1;
    }
}
