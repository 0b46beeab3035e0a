using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Converge.Numerics;

/// <summary>Converts weights, in the type in which they lie, to the type in which is computed. Every conversion is exact except float64 to float32.</summary>
public static unsafe class Widen
{
    /// <summary>Converts <paramref name="count"/> elements of row <paramref name="row"/>, from column <paramref name="column"/> on.</summary>
    public static void Row<T>(WeightView weight, int row, int column, int count, T* target) where T : unmanaged, IFloatingPointIeee754<T>
    {
        byte* source = weight.Row(row) + (long)column * weight.Type.Size();
        if (typeof(T) == typeof(float) && weight.Type != ElementType.F64) RowToSingle(source, weight.Type, count, (float*)target);
        else
        {
            for (int i = 0; i < count; i++) target[i] = Element<T>(source, weight.Type, i);
        }
    }

    /// <summary>
    /// Converts elements to float32 in lines of sixteen that lie <paramref name="distance"/> floats apart; what the last line lacks is left as it is.
    /// </summary>
    internal static void Lines(WeightView weight, int row, int column, int count, float* target, int distance)
    {
        const int Line = 16;
        byte* source = weight.Row(row) + (long)column * weight.Type.Size();
        int whole = weight.Type == ElementType.F64 ? 0 : count / Line * Line;
        if (weight.Type == ElementType.F32)
        {
            for (int i = 0; i < whole; i += Line, target += distance)
            {
                Vector256.Load((float*)source + i).Store(target);
                Vector256.Load((float*)source + i + Line / 2).Store(target + Line / 2);
            }
        }
        else if (weight.Type == ElementType.BF16)
        {
            for (int i = 0; i < whole; i += Line, target += distance) SixteenOfBFloat16((ushort*)source + i, target);
        }
        else
        {
            for (int i = 0; i < whole; i += Line, target += distance) SixteenOfHalf((ushort*)source + i, target);
        }
        for (int i = whole; i < count; i += Line, target += distance)
            for (int j = i; j < Math.Min(count, i + Line); j++) target[j - i] = Element<float>(source, weight.Type, j);
    }

    /// <summary>Element <paramref name="index"/> of the elements at <paramref name="source"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Element<T>(byte* source, ElementType type, long index) where T : unmanaged, IFloatingPointIeee754<T> => type switch
    {
        ElementType.F32 => T.CreateTruncating(((float*)source)[index]),
        ElementType.BF16 => T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)((ushort*)source)[index] << 16)),
        ElementType.F16 => T.CreateTruncating((float)((Half*)source)[index]),
        _ => T.CreateTruncating(((double*)source)[index]),
    };

    private static void RowToSingle(byte* source, ElementType type, int count, float* target)
    {
        if (type == ElementType.F32)
        {
            Unsafe.CopyBlockUnaligned(target, source, (uint)count * sizeof(float));
            return;
        }
        int i = 0;
        if (type == ElementType.BF16)
        {
            for (; i + 16 <= count; i += 16) SixteenOfBFloat16((ushort*)source + i, target + i);
        }
        else
        {
            for (; i + 16 <= count; i += 16) SixteenOfHalf((ushort*)source + i, target + i);
        }
        for (; i < count; i++) target[i] = Element<float>(source, type, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixteenOfBFloat16(ushort* source, float* target)
    {
        if (Avx512F.IsSupported)
        {
            (Avx512F.ConvertToVector512UInt32(Vector256.Load(source)) << 16).AsSingle().Store(target);
            return;
        }
        var (low, high) = Vector256.Widen(Vector256.Load(source));
        (low << 16).AsSingle().Store(target);
        (high << 16).AsSingle().Store(target + Vector256<uint>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SixteenOfHalf(ushort* source, float* target)
    {
        var (low, high) = Vector256.Widen(Vector256.Load(source));
        SingleBitsOfHalf(low).AsSingle().Store(target);
        SingleBitsOfHalf(high).AsSingle().Store(target + Vector256<uint>.Count);
    }

    // Exponent and mantissa move up to a float32's place; a multiplication by 2^112 mends the exponent's bias and makes subnormals normal.
    // Infinity and NaN, whose exponent is all ones, come out of it finite and get theirs back.
    private static Vector256<uint> SingleBitsOfHalf(Vector256<uint> half)
    {
        var sign = (half & Vector256.Create(0x8000u)) << 16;
        var magnitude = half & Vector256.Create(0x7FFFu);
        var scaled = ((magnitude << 13).AsSingle() * Vector256.Create(BitConverter.UInt32BitsToSingle((127u + 112u) << 23))).AsUInt32();
        var special = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x7C00u)) & Vector256.Create(0x7F800000u);
        return sign | scaled | special;
    }
}
