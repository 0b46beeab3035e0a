using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>How fast all threads together read memory that is in no cache: the bound of a linear layer on few tokens.</summary>
public static unsafe class MemoryBandwidth
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Bytes a second, in the best of some passes over a buffer.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="bytes">The size of the buffer: several times the last cache.</param>
    /// <param name="passes">How many passes are tried.</param>
    public static double Measure(WorkPool pool, long bytes = 256L << 20, int passes = 8)
    {
        int pieces = (int)Math.Max(1, bytes / PieceBytes);
        // A matrix is written when it is made, so that each of its pages is there.
        using var buffer = new Matrix<float>(pieces, PieceBytes / sizeof(float));
        var view = buffer.View;
        Action<int> read = SimdPaths.Widest switch
        {
            SimdPath.Avx512 => piece => Read<Vector512<float>, Simd512>(view.RowPointer(piece)),
            SimdPath.Avx2 => piece => Read<Vector256<float>, Simd256>(view.RowPointer(piece)),
            _ => piece => Read<Vector128<float>, Simd128>(view.RowPointer(piece)),
        };
        double best = double.PositiveInfinity;
        for (int pass = 0; pass <= passes; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.For(pieces, read);
            // The first pass compiles the loop.
            if (pass > 0) best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return (double)pieces * PieceBytes / best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read<TVector, TSimd>(float* data)
        where TVector : struct
        where TSimd : struct, ISimd<TVector>
    {
        TVector s0 = TSimd.Zero, s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero;
        float* end = data + PieceBytes / sizeof(float);
        float* result = data;
        for (; data < end; data += 4 * TSimd.Width)
        {
            s0 = TSimd.Add(s0, TSimd.Load(data));
            s1 = TSimd.Add(s1, TSimd.Load(data + TSimd.Width));
            s2 = TSimd.Add(s2, TSimd.Load(data + 2 * TSimd.Width));
            s3 = TSimd.Add(s3, TSimd.Load(data + 3 * TSimd.Width));
        }
        // Kept, so that no read can be left out: the sum of zeros goes to where it came from.
        TSimd.Store(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), result);
    }
}
