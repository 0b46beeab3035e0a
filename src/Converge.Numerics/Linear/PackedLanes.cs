namespace Converge.Numerics;

/// <summary>
/// Rows turned over so that a vector holds one step of several of them: the vectors of a product [lanes, steps], in blocks of steps that hold their panels one after
/// the other, each panel all vectors of its first step, of its second, and so on. Lanes beyond the last row hold zeros.
/// </summary>
internal readonly unsafe struct PackedLanes<TVector, TSimd, TTerms>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
    where TTerms : struct, ITerms
{
    // Floats ahead at which the rows are fetched: sixteen of them at a time are more than the processor follows by itself.
    private const int Distance = 64;

    private readonly nint _data;

    private PackedLanes(float* data, int lanes, int steps) => (_data, Lanes, Steps, Panels) = ((nint)data, lanes, steps, LanePanels.Of<TVector, TSimd>((lanes + TSimd.Width - 1) / TSimd.Width));

    /// <summary>Lanes in use.</summary>
    public int Lanes { get; }

    /// <summary>The length of the sums, in steps.</summary>
    public int Steps { get; }

    /// <summary>The cut of the lanes.</summary>
    public LanePanels Panels { get; }

    /// <summary>A panel of the block that begins at <paramref name="step"/> and has <paramref name="count"/> steps.</summary>
    public float* Panel(int panel, int step, int count) => (float*)_data + (nint)TSimd.Width * ((nint)Panels.Vectors * step + (nint)Panels.First(panel) * count);

    /// <summary>Turns rows over: lane i of step s is source[i, s], or the pair of the elements 2 s and 2 s + 1. In the calling thread's first scratch block.</summary>
    public static PackedLanes<TVector, TSimd, TTerms> OfRows(WorkPool pool, MatrixView<float> source)
    {
        int length = TermLines<TTerms>.Steps(source.Columns), block = SumBlocks.Length(length), blocks = (length + block - 1) / block, vectors = (source.Rows + TSimd.Width - 1) / TSimd.Width;
        var packed = new PackedLanes<TVector, TSimd, TTerms>(Scratch.First<float>((long)vectors * TSimd.Width * length), source.Rows, length);
        pool.For(packed.Panels.Count * blocks, (packed, source, blocks, block), static (all, piece) =>
        {
            var (packed, source, blocks, block) = all;
            int panel = piece / blocks, step = piece % blocks * block, count = Math.Min(block, packed.Steps - step);
            int width = packed.Panels.Width(panel) * TSimd.Width, first = packed.Panels.First(panel) * TSimd.Width;
            for (int lane = 0; lane < width; lane += TSimd.Width)
                Turn(source, first + lane, step, count, packed.Panel(panel, step, count) + lane, width);
        });
        return packed;
    }

    private static void Turn(MatrixView<float> source, int row, int step, int count, float* target, int width)
    {
        int side = TSimd.Width, rows = Math.Min(side, source.Rows - row);
        // A square goes by way of a copy: a power of two between the rows would throw their lines out of the cache before it is turned over.
        float* square = stackalloc float[side * side];
        if (rows < side) new Span<float>(square, side * side).Clear();
        for (int s = 0; s < count; s += side, target += (nint)side * width)
        {
            int steps = Math.Min(side, count - s);
            if (!TTerms.ArePairs && rows == side && steps == side)
            {
                float* lines = source.RowPointer(row) + step + s;
                for (int i = 0; i < side; i++) Prefetch.ToFirstLevel((nint)(lines + i * source.Stride + Distance));
                TSimd.Transpose(lines, source.Stride, target, width);
                continue;
            }
            for (int i = 0; i < rows; i++)
            {
                float* line = source.RowPointer(row + i);
                Prefetch.ToFirstLevel((nint)(line + (step + s) * TermLines<TTerms>.PerStep + Distance));
                TermLines<TTerms>.Copy(line, source.Columns, step + s, steps, square + i * side);
            }
            if (steps == side) TSimd.Transpose(square, side, target, width);
            else
            {
                for (int column = 0; column < steps; column++)
                    for (int i = 0; i < side; i++) target[column * width + i] = square[i * side + column];
            }
        }
    }
}
