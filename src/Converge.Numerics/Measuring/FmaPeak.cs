using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>The most float32 operations a second that the processor does on a vector path: what kernels are measured against.</summary>
public static unsafe class FmaPeak
{
    // A piece takes about 20 microseconds, so that the last one leaves no thread idle for long; a window a few milliseconds, so that
    // even on a busy machine some window passes undisturbed.
    private const int RoundsPerPiece = 10_000;
    private const int PiecesPerThread = 200;
    private const int MostLanes = 16;

    /// <summary>Floating-point operations a second (a fused multiply-add counts as two a lane), on all threads of the pool, in the best of some windows.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="path">The vector path; <see cref="SimdPath.Scalar"/> means one lane.</param>
    /// <param name="windows">How many windows are tried.</param>
    /// <exception cref="PlatformNotSupportedException">This processor lacks the path.</exception>
    public static double Measure(WorkPool pool, SimdPath path, int windows = 25)
    {
        if (path > SimdPaths.Widest) throw new PlatformNotSupportedException($"this processor has no {path}");
        return path switch
        {
            SimdPath.Avx512 => Best(pool, windows, FmaChains<Vector512<float>, Simd512>.FlopsPerRound, FmaChains<Vector512<float>, Simd512>.Run),
            SimdPath.Avx2 => Best(pool, windows, FmaChains<Vector256<float>, Simd256>.FlopsPerRound, FmaChains<Vector256<float>, Simd256>.Run),
            SimdPath.Vector128 => Best(pool, windows, FmaChains<Vector128<float>, Simd128>.FlopsPerRound, FmaChains<Vector128<float>, Simd128>.Run),
            _ => Best(pool, windows, ScalarFlopsPerRound, Scalar),
        };
    }

    private delegate void Chains(int rounds, float* values);

    private static double Best(WorkPool pool, int windows, int flopsPerRound, Chains chains)
    {
        int pieces = PiecesPerThread * pool.Threads;
        Action<int> piece = _ =>
        {
            // x = x / 2 + 1 / 2: every number stays where it began, far from subnormals and infinities.
            float* values = stackalloc float[MostLanes];
            new Span<float>(values, MostLanes).Fill(0.5f);
            chains(RoundsPerPiece, values);
        };
        pool.For(pieces, piece);
        double best = double.PositiveInfinity;
        for (int window = 0; window < windows; window++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.For(pieces, piece);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return (double)pieces * RoundsPerPiece * flopsPerRound / best;
    }

    private const int ScalarFlopsPerRound = 2 * 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scalar(int rounds, float* values)
    {
        float a = values[0], b = a;
        float s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a;
        for (int round = 0; round < rounds; round++)
        {
            s0 = float.FusedMultiplyAdd(s0, a, b);
            s1 = float.FusedMultiplyAdd(s1, a, b);
            s2 = float.FusedMultiplyAdd(s2, a, b);
            s3 = float.FusedMultiplyAdd(s3, a, b);
            s4 = float.FusedMultiplyAdd(s4, a, b);
            s5 = float.FusedMultiplyAdd(s5, a, b);
            s6 = float.FusedMultiplyAdd(s6, a, b);
            s7 = float.FusedMultiplyAdd(s7, a, b);
        }
        values[0] = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
    }
}
