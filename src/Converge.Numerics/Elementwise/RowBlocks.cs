namespace Converge.Numerics;

/// <summary>Cuts the rows of a matrix into pieces for the pool.</summary>
internal static class RowBlocks
{
    private const int Rows = 16;

    /// <summary>Calls <paramref name="body"/> once for every row, neighbouring rows on one thread.</summary>
    public static void ForEach(WorkPool pool, int rows, Action<int> body)
    {
        pool.For((rows + Rows - 1) / Rows, block =>
        {
            int last = Math.Min(rows, (block + 1) * Rows);
            for (int row = block * Rows; row < last; row++) body(row);
        });
    }
}
