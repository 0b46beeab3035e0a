using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>
/// Philox4x32-10, the counter-based generator of Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011): four random
/// words as a pure function of a key and a counter. Whoever asks for element i gets the same words in any order, on any thread.
/// </summary>
public static class Philox
{
    /// <summary>The 128 random bits at (<paramref name="high"/>, <paramref name="low"/>) under <paramref name="key"/>.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) At(ulong key, ulong high, ulong low)
    {
        uint c0 = (uint)low, c1 = (uint)(low >> 32), c2 = (uint)high, c3 = (uint)(high >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * c0, p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>Element <paramref name="index"/> of stream <paramref name="stream"/>, uniform in [0, 1) with 53 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double UniformAt(ulong key, ulong stream, ulong index)
    {
        var (x0, x1, _, _) = At(key, stream, index);
        return ((((ulong)x0 << 32) | x1) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Element <paramref name="index"/> of stream <paramref name="stream"/>, standard normal (Box and Muller 1958).</summary>
    public static double NormalAt(ulong key, ulong stream, ulong index)
    {
        var (x0, x1, x2, x3) = At(key, stream, index);
        double u = (((((ulong)x0 << 32) | x1) >> 11) + 1) * (1.0 / (1UL << 53));
        double v = ((((ulong)x2 << 32) | x3) >> 11) * (1.0 / (1UL << 53));
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
    }
}
