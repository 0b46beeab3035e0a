namespace Converge.Numerics;

/// <summary>Cuts the rows of a matrix into pieces for the pool.</summary>
internal static class RowBlocks
{
    // Few, because threads wait for each other where they take a piece; many enough that a busy core holds nobody up for long.
    private const int PiecesOfEachThread = 8;

    /// <summary>Calls <paramref name="body"/> once for every row, neighbouring rows on one thread, at least <paramref name="least"/> of them together.</summary>
    public static void ForEach(WorkPool pool, int rows, Action<int> body, int least = 16)
    {
        int length = Math.Max(least, rows / (PiecesOfEachThread * pool.Threads));
        pool.For((rows + length - 1) / length, block =>
        {
            int last = Math.Min(rows, (block + 1) * length);
            for (int row = block * length; row < last; row++) body(row);
        });
    }
}
