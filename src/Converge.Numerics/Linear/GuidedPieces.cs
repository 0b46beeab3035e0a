namespace Converge.Numerics;

/// <summary>
/// Work cut into pieces that become smaller: the first are large, so that what is packed for one is used long, and the last small, so that no thread waits long
/// for another. The cut depends on the numbers alone.
/// </summary>
/// <param name="Total">Units of work.</param>
/// <param name="Threads">Threads that pull pieces.</param>
/// <param name="Least">Units that a piece has at least, but for the last.</param>
internal readonly record struct GuidedPieces(int Total, int Threads, int Least = 1)
{
    /// <summary>The number of pieces.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            for (int done = 0; done < Total; done += Next(done)) count++;
            return count;
        }
    }

    /// <summary>The units of a piece: from Start up to End.</summary>
    public (int Start, int End) Piece(int index)
    {
        int start = 0;
        for (; index > 0; index--) start += Next(start);
        return (start, start + Next(start));
    }

    private int Next(int done) => Threads == 1 ? Total : Math.Min(Total - done, Math.Max(Least, (Total - done) / (2 * Threads)));
}
