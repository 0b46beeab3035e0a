namespace Converge.Numerics;

/// <summary>The most operations a second on pairs of bfloat16: the processor's own instruction on operands that stay in the first-level cache.</summary>
public static unsafe class PairPeak
{
    private const int Vectors = 2, Steps = 128, Lanes = 16, RunsPerPiece = 40, PiecesPerThread = 200, OperationsPerLane = 4;

    /// <summary>Whether the processor has the instruction.</summary>
    public static bool IsSupported => PairTile.IsSupported;

    /// <summary>Floating-point operations a second (a multiplication and an addition are two) on all threads of the pool, in the best of some windows.</summary>
    /// <exception cref="PlatformNotSupportedException">This processor lacks the instruction.</exception>
    public static double Measure(WorkPool pool, int windows = 25)
    {
        if (!IsSupported) throw new PlatformNotSupportedException("this processor has no vdpbf16ps");
        double operations = (double)pool.Threads * PiecesPerThread * RunsPerPiece * PairTile.RowsOf(Vectors) * Vectors * Lanes * Steps * OperationsPerLane, best = 0;
        for (int window = 0; window < windows; window++)
        {
            long started = System.Diagnostics.Stopwatch.GetTimestamp();
            pool.For(pool.Threads * PiecesPerThread, 0, static (_, _) => Piece());
            best = Math.Max(best, operations / System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return best;
    }

    // Zeros: no number grows, and the instruction takes as long.
    private static void Piece()
    {
        int rows = PairTile.RowsOf(Vectors);
        float* a = Scratch.First<float>(rows * Steps + Vectors * Lanes * Steps + rows * Vectors * Lanes), b = a + rows * Steps, c = b + Vectors * Lanes * Steps;
        new Span<float>(a, (int)(c - a)).Clear();
        for (int run = 0; run < RunsPerPiece; run++) PairTile.Run<InPlaceLayout>(Vectors, a, Steps, b, Steps, c, Vectors * Lanes, add: false, Ahead.None(b));
    }
}
