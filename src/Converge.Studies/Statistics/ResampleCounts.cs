using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Converge.Numerics;

namespace Converge.Studies.Statistics;

/// <summary>How often each run was drawn in each bootstrap resample.</summary>
/// <param name="resamples">The number of resamples.</param>
/// <param name="runs">The number of runs, of which as many are drawn with replacement.</param>
/// <param name="random">Where the draws come from.</param>
internal sealed class ResampleCounts(int resamples, int runs, RandomStream random)
{
    private readonly double[] _counts = Draw(resamples, runs, random); // [runs, resamples]

    /// <summary>For every resample, the sum of the drawn runs' values: added in the order of the runs, whatever the width of a vector.</summary>
    /// <param name="values">One value a run.</param>
    public double[] Sums(ReadOnlySpan<double> values)
    {
        var sums = new double[resamples];
        ref double to = ref MemoryMarshal.GetArrayDataReference(sums);
        for (int run = 0; run < runs; run++)
        {
            double value = values[run];
            var spread = Vector256.Create(value);
            ref double from = ref MemoryMarshal.GetReference(_counts.AsSpan(run * resamples, resamples));
            int r = 0;
            for (; r <= resamples - 4; r += 4)
                (Vector256.LoadUnsafe(ref to, (nuint)r) + Vector256.LoadUnsafe(ref from, (nuint)r) * spread).StoreUnsafe(ref to, (nuint)r);
            for (; r < resamples; r++) sums[r] += _counts[run * resamples + r] * value;
        }
        return sums;
    }

    private static double[] Draw(int resamples, int runs, RandomStream random)
    {
        var counts = new double[checked(resamples * runs)];
        for (int r = 0; r < resamples; r++)
            for (int i = 0; i < runs; i++)
                counts[random.Next(runs) * resamples + r]++;
        return counts;
    }
}
