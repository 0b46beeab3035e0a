using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Linear;

/// <summary>
/// A tile whose sums do not stay in registers gives the right numbers at a fifth of the speed, and nothing else would tell. The best of many short runs is compared with
/// the best of as many chains of the same instructions between them, so that other work on the machine hardly matters.
/// </summary>
[Collection(SimdCollection.Name)]
public sealed unsafe class TileSpeedTests
{
    [SkippableTheory]
    [InlineData(SimdPath.Avx512, 4)]
    [InlineData(SimdPath.Avx512, 3)]
    [InlineData(SimdPath.Avx512, 2)]
    [InlineData(SimdPath.Avx2, 3)]
    [InlineData(SimdPath.Avx2, 2)]
    public void Tiles_reach_half_of_the_peak_where_all_lies_in_the_first_cache(SimdPath path, int vectors)
    {
        Skip.If(path > SimdPaths.Widest, $"this processor has no {path}");
        double share = path == SimdPath.Avx512 ? Share<Vector512<float>, Simd512>(vectors) : Share<Vector256<float>, Simd256>(vectors);
        Assert.True(share >= 0.5, $"the tile reaches {share:F2} of the peak");
    }

    private static double Share<TVector, TSimd>(int vectors)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        const int Steps = 64, Repeats = 40, Rounds = 400;
        int rows = ProductTile<TVector, TSimd>.RowsOf(vectors), width = vectors * TSimd.Width;
        float* memory = (float*)NativeMemory.AlignedAlloc(1 << 16, 64);
        try
        {
            new Span<float>(memory, 1 << 14).Fill(0.5f);
            float* a = memory, b = a + (TileLayouts.Rows * Steps), c = b + (64 * Steps);
            double flops = 2.0 * rows * width * Steps * Repeats, peakFlops = (double)Rounds * FmaChains<TVector, TSimd>.FlopsPerRound, tile = 0, peak = 0;
            for (int attempt = 0; attempt < 300; attempt++)
            {
                tile = Math.Max(tile, flops / Seconds(() =>
                {
                    for (int i = 0; i < Repeats; i++) ProductTile<TVector, TSimd>.Run<LineLayout>(vectors, a, 0, b, Steps, c, width, add: false, Ahead.None(b));
                }));
                peak = Math.Max(peak, peakFlops / Seconds(() => FmaChains<TVector, TSimd>.Run(Rounds, c)));
            }
            return tile / peak;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static double Seconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
