using System.Runtime.InteropServices;
using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>Conversion between element types for files. Widening is exact; narrowing rounds to nearest, ties to even.</summary>
internal static unsafe class WeightConversion
{
    /// <summary>All elements of a view as float32, row-major. F64 is rounded.</summary>
    public static float[] ToFloats(WeightView view)
    {
        var values = new float[checked(view.Rows * view.Columns)];
        for (int row = 0; row < view.Rows; row++) Widen(view, row, values.AsSpan(row * view.Columns, view.Columns));
        return values;
    }

    /// <summary>One row of a view as float32. F64 is rounded.</summary>
    public static void Widen(WeightView view, int row, Span<float> values)
    {
        var bytes = new ReadOnlySpan<byte>(view.Row(row), view.Columns * view.Type.Size());
        switch (view.Type)
        {
            case ElementType.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
            case ElementType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (int i = 0; i < values.Length; i++) values[i] = (float)halves[i];
                break;
            case ElementType.BF16:
                var uppers = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)uppers[i] << 16);
                break;
            default:
                var doubles = MemoryMarshal.Cast<byte, double>(bytes);
                for (int i = 0; i < values.Length; i++) values[i] = (float)doubles[i];
                break;
        }
    }

    /// <summary>Writes values as float32 or bfloat16.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another type is asked for.</exception>
    public static void Write(Stream stream, ReadOnlySpan<float> values, ElementType type)
    {
        if (type == ElementType.F32)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }
        ArgumentOutOfRangeException.ThrowIfNotEqual(type, ElementType.BF16);
        Span<ushort> buffer = stackalloc ushort[2048];
        for (int start = 0; start < values.Length; start += buffer.Length)
        {
            var part = values[start..Math.Min(values.Length, start + buffer.Length)];
            for (int i = 0; i < part.Length; i++) buffer[i] = ToBFloat16(part[i]);
            stream.Write(MemoryMarshal.AsBytes(buffer[..part.Length]));
        }
    }

    /// <summary>The bits of the nearest bfloat16.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        // Rounding could carry a NaN's low bits into an infinity; keep it a NaN.
        if (float.IsNaN(value)) return (ushort)((bits >> 16) | 0x40);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
