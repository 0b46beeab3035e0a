using System.Runtime.InteropServices;
using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>Conversion between element types for files. Narrowing rounds to nearest, ties to even.</summary>
internal static unsafe class WeightConversion
{
    /// <summary>All elements of a view as float32, row-major. F64 is rounded.</summary>
    public static float[] ToFloats(WeightView view)
    {
        var values = new float[checked(view.Rows * view.Columns)];
        fixed (float* target = values)
            for (int row = 0; row < view.Rows; row++) Widen.Row(view, row, 0, view.Columns, target + (long)row * view.Columns);
        return values;
    }

    /// <summary>Writes one row of a view as float32 or bfloat16, with <paramref name="buffer"/> of a row's length between.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another type is asked for.</exception>
    public static void WriteRow(Stream stream, WeightView view, int row, ElementType type, Span<float> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(buffer.Length, view.Columns);
        fixed (float* target = buffer) Widen.Row(view, row, 0, view.Columns, target);
        Write(stream, buffer, type);
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
