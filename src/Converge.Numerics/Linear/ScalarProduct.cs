namespace Converge.Numerics;

/// <summary>
/// c[rows, columns] += a[rows, steps] b[steps, columns] with packed scalars a and the columns of b as lanes of vectors, copied panel by panel. Summed as
/// <see cref="SumBlocks"/> says.
/// </summary>
internal static unsafe class ScalarProduct<TVector, TSimd, TTile, TLayout, TSource>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
    where TTile : struct, IProductTile
    where TLayout : struct, ITileLayout
    where TSource : struct, IVectorSource
{
    // Panels that are copied together: their rows of b are read as one stretch. 192 steps of them are 144 KiB.
    private const int MostPanels = 4;

    private const int StepsAtOnce = 32;

    // Scalars of a block, 270 KiB, and the sums of MostPanels panels, as many again, stay in the second-level cache.
    private const int MostRows = 360;

    /// <summary>The product.</summary>
    public static void Run(WorkPool pool, PackedScalars a, TSource b, MatrixView<float> c)
    {
        var cut = new LanePanels((c.Columns + TSimd.Width - 1) / TSimd.Width);
        int rowParts = (c.Rows + MostRows - 1) / MostRows;
        int rowsEach = ((c.Rows + rowParts - 1) / rowParts + TileLayouts.Rows - 1) / TileLayouts.Rows * TileLayouts.Rows;
        var panels = new GuidedPieces(cut.Count, pool.Threads);
        int panelPieces = panels.Count;
        pool.For(rowParts * panelPieces, (a, b, c, cut, rowsEach, panels, panelPieces), static (all, piece) =>
        {
            int row = piece / all.panelPieces * all.rowsEach;
            var (first, last) = all.panels.Piece(piece % all.panelPieces);
            for (int panel = first; panel < last; panel += MostPanels)
                Piece(all.a, all.b, all.c, all.cut, row, Math.Min(all.c.Rows, row + all.rowsEach), panel, Math.Min(last, panel + MostPanels));
        });
    }

    private static void Piece(PackedScalars a, TSource b, MatrixView<float> c, LanePanels cut, int firstRow, int lastRow, int firstPanel, int lastPanel)
    {
        int block = SumBlocks.Length(a.Steps), firstVector = cut.First(firstPanel), lanes = (cut.First(lastPanel) - firstVector) * TSimd.Width;
        int slot = (lastRow - firstRow + TileLayouts.Rows - 1) / TileLayouts.Rows * TileLayouts.Rows;
        float* copy = Scratch.Second<float>((long)lanes * block + (long)lanes * slot);
        float* sums = copy + (nint)lanes * block;
        int firstColumn = firstVector * TSimd.Width, columns = Math.Min(lanes, c.Columns - firstColumn);
        for (int step = 0; step < a.Steps; step += block)
        {
            int count = Math.Min(block, a.Steps - step);
            // Some steps of all panels at a time, so that the pages they lie in are visited once.
            for (int i = 0; i < count; i += StepsAtOnce)
                for (int panel = firstPanel; panel < lastPanel; panel++)
                {
                    int first = (cut.First(panel) - firstVector) * TSimd.Width, width = cut.Width(panel) * TSimd.Width;
                    b.Copy(step + i, Math.Min(StepsAtOnce, count - i), firstColumn + first, Math.Min(width, columns - first), width, copy + (nint)first * count + (nint)i * width);
                }
            // Meanwhile the next block's rows of b are fetched: some of them by every tile, until all are asked for.
            int next = step + count, asked = next, end = Math.Min(a.Steps, next + block);
            for (int row = firstRow; row < lastRow; row += TileLayouts.Rows)
            {
                float* scalars = a.Group(row, step, count);
                int rows = Math.Min(TileLayouts.Rows, lastRow - row);
                for (int panel = firstPanel; panel < lastPanel; panel++)
                {
                    int first = (cut.First(panel) - firstVector) * TSimd.Width, of = cut.Width(panel), width = of * TSimd.Width, each = TTile.RowsOf(of);
                    float* vectors = copy + (nint)first * count;
                    float* target = sums + (nint)first * slot + (nint)(row - firstRow) * width;
                    for (int sub = 0; sub < rows; sub += each, asked += each / TSource.RowsPerStep)
                    {
                        var ahead = asked + each / TSource.RowsPerStep <= end ? b.Ahead(asked, firstColumn) : Ahead.None(vectors);
                        TTile.Run<TLayout>(of, scalars + sub * TLayout.Row(0), 0, vectors, count, target + sub * width, width, step > 0, ahead);
                    }
                }
            }
        }
        for (int panel = firstPanel; panel < lastPanel; panel++)
        {
            int first = (cut.First(panel) - firstVector) * TSimd.Width, width = cut.Width(panel) * TSimd.Width;
            Add(sums + (nint)first * slot, width, c, firstRow, lastRow, firstColumn + first, Math.Min(width, columns - first));
        }
    }

    private static void Add(float* sums, int width, MatrixView<float> c, int firstRow, int lastRow, int column, int columns)
    {
        for (int row = firstRow; row < lastRow; row++, sums += width)
        {
            float* target = c.RowPointer(row) + column;
            int i = 0;
            for (; i + TSimd.Width <= columns; i += TSimd.Width) TSimd.Store(TSimd.Add(TSimd.Load(target + i), TSimd.Load(sums + i)), target + i);
            for (; i < columns; i++) target[i] += sums[i];
        }
    }
}
