using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Converge.Numerics;

/// <summary>Dropout (Srivastava et al., JMLR 15, 2014): elements times 0, or times what makes up for it, as <see cref="Philox"/> decides.</summary>
public static unsafe class RandomMask
{
    /// <summary>
    /// values[i] is multiplied by 0 where element <paramref name="index"/> + i of the stream (<see cref="Philox.UniformAt"/>) is below the probability, and by
    /// 1 / (1 - probability) elsewhere. All paths give the same bits.
    /// </summary>
    /// <param name="values">The elements, at most 2^32 from <paramref name="index"/> to the next multiple of that.</param>
    /// <param name="key">The seed.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="index">The first element of the stream.</param>
    /// <param name="probability">The probability of dropping, below 1.</param>
    public static void Apply<T>(Span<T> values, ulong key, ulong stream, ulong index, double probability) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T keep = T.CreateTruncating(1 / (1 - probability));
        int done = 0;
        fixed (T* data = values)
        {
            if (typeof(T) == typeof(float) && SimdPaths.Current == SimdPath.Avx512 && Avx512F.IsSupported) done = Wide((float*)data, values.Length, key, stream, index, probability, float.CreateTruncating(keep));
            else if (typeof(T) == typeof(float) && SimdPaths.Current >= SimdPath.Avx2 && Avx2.IsSupported) done = Narrow((float*)data, values.Length, key, stream, index, probability, float.CreateTruncating(keep));
        }
        for (int i = done; i < values.Length; i++) values[i] *= Philox.UniformAt(key, stream, index + (ulong)i) < probability ? T.Zero : keep;
    }

    // A uniform number is below the probability where its 53 bits are below this.
    private static ulong Threshold(double probability) => (ulong)Math.Ceiling(probability * (1UL << 53));

    // Eight elements at a time, a lane of 64 bits each. Only the lower half of a lane counts until the end: products take no notice of the upper.
    private static int Wide(float* values, int count, ulong key, ulong stream, ulong index, double probability, float keep)
    {
        var threshold = Vector512.Create(Threshold(probability));
        var (first, second) = (Vector512.Create(0xD2511F53u), Vector512.Create(0xCD9E8D57u));
        var lanes = Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            var at = Vector512.Create(index + (ulong)i) + lanes;
            var (c0, c1, c2, c3) = (at, at >>> 32, Vector512.Create(stream), Vector512.Create(stream >> 32));
            uint k0 = (uint)key, k1 = (uint)(key >> 32);
            for (int round = 0; round < 10; round++)
            {
                var (p0, p1) = (Avx512F.Multiply(first, c0.AsUInt32()), Avx512F.Multiply(second, c2.AsUInt32()));
                (c0, c1, c2, c3) = ((p1 >>> 32) ^ c1 ^ Vector512.Create((ulong)k0), p1, (p0 >>> 32) ^ c3 ^ Vector512.Create((ulong)k1), p0);
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
            var bits = ((c0 << 32) | (c1 & Vector512.Create((ulong)uint.MaxValue))) >>> 11;
            var factors = Vector512.AndNot(Vector512.Create((ulong)BitConverter.SingleToUInt32Bits(keep)), Vector512.LessThan(bits, threshold));
            Vector256.Store(Vector256.Load(values + i) * Avx512F.ConvertToVector256UInt32(factors).AsSingle(), values + i);
        }
        return i;
    }

    // The same with four elements.
    private static int Narrow(float* values, int count, ulong key, ulong stream, ulong index, double probability, float keep)
    {
        var threshold = Vector256.Create(Threshold(probability));
        var (first, second) = (Vector256.Create(0xD2511F53u), Vector256.Create(0xCD9E8D57u));
        var lanes = Vector256.Create(0UL, 1, 2, 3);
        int i = 0;
        for (; i + 4 <= count; i += 4)
        {
            var at = Vector256.Create(index + (ulong)i) + lanes;
            var (c0, c1, c2, c3) = (at, at >>> 32, Vector256.Create(stream), Vector256.Create(stream >> 32));
            uint k0 = (uint)key, k1 = (uint)(key >> 32);
            for (int round = 0; round < 10; round++)
            {
                var (p0, p1) = (Avx2.Multiply(first, c0.AsUInt32()), Avx2.Multiply(second, c2.AsUInt32()));
                (c0, c1, c2, c3) = ((p1 >>> 32) ^ c1 ^ Vector256.Create((ulong)k0), p1, (p0 >>> 32) ^ c3 ^ Vector256.Create((ulong)k1), p0);
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
            // Both are below 2^53, so that comparing them as signed numbers is right.
            var bits = ((c0 << 32) | (c1 & Vector256.Create((ulong)uint.MaxValue))) >>> 11;
            var factors = Vector256.AndNot(Vector256.Create((ulong)BitConverter.SingleToUInt32Bits(keep)), Vector256.LessThan(bits.AsInt64(), threshold.AsInt64()).AsUInt64());
            var four = Vector256.Shuffle(factors.AsSingle(), Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6)).GetLower();
            Vector128.Store(Vector128.Load(values + i) * four, values + i);
        }
        return i;
    }
}
