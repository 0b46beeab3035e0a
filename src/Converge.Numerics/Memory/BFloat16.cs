using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>bfloat16: the upper half of a float32.</summary>
public static unsafe class BFloat16
{
    private const uint Magnitude = 0x7FFFFFFF, Infinity = 0x7F800000, Quiet = 0x00400000, HalfOfLast = 0x7FFF;

    /// <summary>The nearest bfloat16, ties to even, as the float32 that it stands for. NaN stays NaN; what is too large becomes infinite.</summary>
    public static float Round(float value) => BitConverter.UInt32BitsToSingle(RoundedBits(BitConverter.SingleToUInt32Bits(value)) & 0xFFFF0000);

    /// <summary>
    /// Rounds <paramref name="count"/> floats and puts two that follow each other into 32 bits, the first in the lower half; an odd one out is followed by zero.
    /// </summary>
    internal static void Pack(float* source, int count, float* target)
    {
        int i = 0;
        for (; i + 16 <= count; i += 16, target += 8)
        {
            var low = Rounded(Vector256.Load((uint*)source + i)).AsUInt64();
            var high = Rounded(Vector256.Load((uint*)source + i + 8)).AsUInt64();
            Vector256.Narrow(Joined(low), Joined(high)).AsSingle().Store(target);
        }
        for (; i < count; i += 2, target++)
        {
            uint first = RoundedBits(((uint*)source)[i]) >> 16, second = i + 1 < count ? RoundedBits(((uint*)source)[i + 1]) & 0xFFFF0000 : 0;
            *(uint*)target = first | second;
        }
    }

    // Of two rounded numbers in 64 bits, their upper halves side by side.
    private static Vector256<ulong> Joined(Vector256<ulong> two) => ((two >> 16) & Vector256.Create(0xFFFFUL)) | ((two >> 32) & Vector256.Create(0xFFFF0000UL));

    // The lower half is left as it comes.
    private static uint RoundedBits(uint bits) => (bits & Magnitude) > Infinity ? bits | Quiet : bits + HalfOfLast + ((bits >> 16) & 1);

    private static Vector256<uint> Rounded(Vector256<uint> bits)
    {
        var nan = Vector256.GreaterThan(bits & Vector256.Create(Magnitude), Vector256.Create(Infinity));
        return Vector256.ConditionalSelect(nan, bits | Vector256.Create(Quiet), bits + Vector256.Create(HalfOfLast) + ((bits >> 16) & Vector256.Create(1u)));
    }
}
