namespace Converge.Numerics;

/// <summary>A sequence of random numbers drawn from <see cref="Philox"/>: the same for the same key and stream, on every machine.</summary>
/// <param name="key">The seed.</param>
/// <param name="stream">Which of the seed's independent sequences.</param>
public sealed class RandomStream(ulong key, ulong stream = 0)
{
    private ulong _index;

    /// <summary>The next number, uniform in [0, 1).</summary>
    public double NextDouble() => Philox.UniformAt(key, stream, _index++);

    /// <summary>The next whole number, uniform in [0, <paramref name="bound"/>), without modulo bias.</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        ulong limit = ulong.MaxValue - ulong.MaxValue % (ulong)bound;
        while (true)
        {
            var (x0, x1, _, _) = Philox.At(key, stream, _index++);
            ulong bits = ((ulong)x0 << 32) | x1;
            if (bits < limit) return (int)(bits % (ulong)bound);
        }
    }

    /// <summary><paramref name="count"/> distinct whole numbers below <paramref name="bound"/>, in random order (partial Fisher-Yates).</summary>
    public int[] Sample(int bound, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, bound);
        var moved = new Dictionary<int, int>();
        var sample = new int[count];
        for (int i = 0; i < count; i++)
        {
            int j = i + Next(bound - i);
            sample[i] = moved.GetValueOrDefault(j, j);
            moved[j] = moved.GetValueOrDefault(i, i);
        }
        return sample;
    }
}
