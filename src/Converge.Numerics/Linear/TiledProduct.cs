namespace Converge.Numerics;

/// <summary>
/// C[rows, columns] = (or +=) A[rows, steps] B[steps, columns] on packed operands, summed as <see cref="SumBlocks"/> says.
/// </summary>
internal static unsafe class TiledProduct<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    // Sums of 360 rows and this many panels stay beside it: 360 KiB.
    private const int MostPanels = 8;

    // A block of A stays in the second-level cache (360 rows of 192 steps: 270 KiB) and is a whole number of tiles.
    private const int MostRows = 360;

    /// <summary>The product.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="a">The left operand, packed as TLayout says.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="c">The result.</param>
    /// <param name="accumulate">Whether the product is added to what is there.</param>
    public static void Run<TLayout, TPanel>(WorkPool pool, PackedOperand<TVector, TSimd> a, TPanel b, MatrixView<float> c, bool accumulate)
        where TLayout : struct, ITileLayout
        where TPanel : struct, IPanelSource
    {
        int width = ProductTile<TVector, TSimd>.Columns, panels = (c.Columns + width - 1) / width;
        // Enough pieces that a late thread costs little: of columns first, each of which packs its own panel, then of rows.
        int wanted = pool.Threads == 1 ? 1 : 4 * pool.Threads;
        int most = ProductTile<TVector, TSimd>.MostRows;
        int rowPieces = Math.Max((c.Rows + MostRows - 1) / MostRows, Math.Min((c.Rows + 4 * most - 1) / (4 * most), (wanted + panels - 1) / panels));
        int rowsEach = ((c.Rows + rowPieces - 1) / rowPieces + most - 1) / most * most;
        rowPieces = (c.Rows + rowsEach - 1) / rowsEach;
        int columnPieces = Math.Min(panels, Math.Max(1, (2 * wanted + rowPieces - 1) / rowPieces));
        pool.For(rowPieces * columnPieces, piece =>
        {
            int row = piece / columnPieces * rowsEach, column = piece % columnPieces;
            Piece<TLayout, TPanel>(a, b, c, row, Math.Min(c.Rows, row + rowsEach), (int)((long)panels * column / columnPieces), (int)((long)panels * (column + 1) / columnPieces), accumulate);
        });
    }

    private static void Piece<TLayout, TPanel>(PackedOperand<TVector, TSimd> a, TPanel b, MatrixView<float> c, int firstRow, int lastRow, int firstPanel, int lastPanel, bool accumulate)
        where TLayout : struct, ITileLayout
        where TPanel : struct, IPanelSource
    {
        int width = ProductTile<TVector, TSimd>.Columns, block = SumBlocks.Length(a.Steps), slot = (lastRow - firstRow) * width;
        float* panel = Scratch.Second<float>((long)width * block + (long)slot * MostPanels);
        float* sums = panel + width * block;
        for (int group = firstPanel; group < lastPanel; group += MostPanels)
        {
            int panels = Math.Min(MostPanels, lastPanel - group);
            for (int step = 0; step < a.Steps; step += block)
            {
                int count = Math.Min(block, a.Steps - step);
                for (int p = 0; p < panels; p++)
                {
                    int column = (group + p) * width, columns = Math.Min(width, c.Columns - column);
                    b.Pack(column, columns, width, step, count, panel);
                    // A sum of one block goes where it belongs; others grow side by side, and their rows do not lie pages apart.
                    bool direct = block >= a.Steps && columns == width;
                    for (int row = firstRow; row < lastRow;)
                    {
                        int rows = ProductTile<TVector, TSimd>.RowsOf(lastRow - row);
                        float* target = direct ? c.RowPointer(row) + column : sums + p * slot + (row - firstRow) * width;
                        ProductTile<TVector, TSimd>.Run<TLayout>(rows, a.Tile(row, step, count), panel, count, target, direct ? c.Stride : width, direct ? accumulate : step > 0);
                        row += rows;
                    }
                    if (!direct && step + count == a.Steps) Keep(sums + p * slot, c, firstRow, lastRow, column, columns, accumulate);
                }
            }
        }
    }

    private static void Keep(float* sums, MatrixView<float> c, int firstRow, int lastRow, int column, int columns, bool accumulate)
    {
        int width = ProductTile<TVector, TSimd>.Columns;
        for (int row = firstRow; row < lastRow; row++, sums += width)
        {
            float* target = c.RowPointer(row) + column;
            int i = 0;
            for (; i + TSimd.Width <= columns; i += TSimd.Width)
            {
                var sum = TSimd.Load(sums + i);
                TSimd.Store(accumulate ? TSimd.Add(TSimd.Load(target + i), sum) : sum, target + i);
            }
            for (; i < columns; i++) target[i] = accumulate ? target[i] + sums[i] : sums[i];
        }
    }
}
