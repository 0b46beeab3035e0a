using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Converge.Studies.Metrics;

/// <summary>The inner product of two vectors in double precision, summed in the same order on every machine.</summary>
public static class InnerProduct
{
    /// <summary>
    /// The sum of a[i] b[i]. Element i goes to partial sum i mod 4; product and sum are rounded apart (no fused multiply-add), and the
    /// partial sums are added as (0 + 1) + (2 + 3): the result depends on the values alone.
    /// </summary>
    /// <param name="a">A vector.</param>
    /// <param name="b">A vector of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"vectors of {a.Length} and {b.Length} elements");
        var sums = Vector256<double>.Zero;
        ref double x = ref MemoryMarshal.GetReference(a), y = ref MemoryMarshal.GetReference(b);
        int i = 0;
        for (; i <= a.Length - 4; i += 4)
            sums += Vector256.LoadUnsafe(ref x, (nuint)i) * Vector256.LoadUnsafe(ref y, (nuint)i);
        Span<double> lanes = [sums[0], sums[1], sums[2], sums[3]];
        for (; i < a.Length; i++) lanes[i & 3] += a[i] * b[i];
        return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    }
}
