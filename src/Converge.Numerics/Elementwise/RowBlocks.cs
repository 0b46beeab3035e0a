namespace Converge.Numerics;

/// <summary>Cuts the rows of a matrix into pieces for the pool.</summary>
internal static class RowBlocks
{
    // Few, because threads wait for each other where they take a piece; many enough that a busy core holds nobody up for long.
    private const int PiecesOfEachThread = 8;

    /// <summary>
    /// Calls <paramref name="body"/> once for every row, neighbouring rows on one thread, at least <paramref name="least"/> of them together. With a static body
    /// nothing is allocated.
    /// </summary>
    public static void ForEach<TState>(WorkPool pool, int rows, TState state, Action<TState, int> body, int least = 16)
    {
        int length = Math.Max(least, rows / (PiecesOfEachThread * pool.Threads));
        pool.For((rows + length - 1) / length, (state, body, rows, length), static (piece, block) =>
        {
            int last = Math.Min(piece.rows, (block + 1) * piece.length);
            for (int row = block * piece.length; row < last; row++) piece.body(piece.state, row);
        });
    }
}
