namespace Converge.Engine.Checkpoints;

/// <summary>
/// Near-normal numbers as fast as a disk takes them: each the sum of the eight bytes of a hash (Irwin-Hall; its excess kurtosis is -0.15). Whole numbers
/// throughout, so the same on every machine.
/// </summary>
internal static class RandomValues
{
    // The mean of the sum of eight bytes, and the root of its variance, 8 (256^2 - 1) / 12.
    private const int Mean = 1020;
    private static readonly double Root = Math.Sqrt(8 * 65535 / 12.0);

    /// <summary>Fills <paramref name="values"/> with numbers of mean zero; element i is a function of (seed, stream, first + i).</summary>
    public static void Fill(Span<float> values, double deviation, ulong seed, ulong stream, ulong first)
    {
        ulong start = Mix(seed + Mix(stream)) + first * Golden;
        float scale = (float)(deviation / Root);
        for (int i = 0; i < values.Length; i++, start += Golden) values[i] = (SumOfBytes(Mix(start)) - Mean) * scale;
    }

    private const ulong Golden = 0x9E3779B97F4A7C15;

    // The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    // Bytes are added in four lanes of 16 bits; a multiplication then gathers the lanes in the highest one.
    private static int SumOfBytes(ulong bytes) => (int)((((bytes & 0x00FF00FF00FF00FF) + ((bytes >> 8) & 0x00FF00FF00FF00FF)) * 0x0001000100010001) >> 48);
}
