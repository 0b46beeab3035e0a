namespace Converge.Numerics;

/// <summary>
/// c[rows, columns] = (or +=) a[rows, steps] b[steps, columns] with packed scalars a and the columns of b as lanes of vectors, copied panel by panel. Summed as
/// <see cref="SumBlocks"/> says.
/// </summary>
internal static unsafe class ScalarProduct<TVector, TSimd, TTile, TLayout, TSource>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
    where TTile : struct, IProductTile
    where TLayout : struct, ITileLayout
    where TSource : struct, IVectorSource
{
    // Panels that are copied together, so that their rows of b are read as one run.
    private const int MostPanels = 4, LeastPanels = 2;

    private const int StepsAtOnce = 32, Line = 64;

    // Scalars of a block, two blocks of MostPanels panels and their sums, 290 KiB each at most, stay in the second-level cache.
    private const int MostRows = 384;

    /// <summary>The product.</summary>
    public static void Run(WorkPool pool, PackedScalars a, TSource b, MatrixView<float> c, bool accumulate)
    {
        var cut = LanePanels.Of<TVector, TSimd>((c.Columns + TSimd.Width - 1) / TSimd.Width);
        int rowParts = (c.Rows + MostRows - 1) / MostRows;
        int rowsEach = ((c.Rows + rowParts - 1) / rowParts + TileLayouts.Rows - 1) / TileLayouts.Rows * TileLayouts.Rows;
        var panels = new GuidedPieces(cut.Count, pool.Threads, LeastPanels);
        int panelPieces = panels.Count;
        pool.For(rowParts * panelPieces, (a, b, c, accumulate, cut, rowsEach, panels, panelPieces), static (all, piece) =>
        {
            int row = piece / all.panelPieces * all.rowsEach;
            var (first, last) = all.panels.Piece(piece % all.panelPieces);
            for (int panel = first; panel < last; panel += MostPanels)
                new Piece(all.a, all.b, all.c, all.accumulate, all.cut, row, Math.Min(all.c.Rows, row + all.rowsEach), panel, Math.Min(last, panel + MostPanels)).Run();
        });
    }

    /// <summary>Some rows of scalars and some panels of columns, on one thread.</summary>
    private readonly struct Piece
    {
        private readonly PackedScalars _a;
        private readonly TSource _b;
        private readonly MatrixView<float> _c;
        private readonly bool _accumulate;
        private readonly LanePanels _cut;
        private readonly int _firstRow, _lastRow, _firstPanel, _lastPanel, _firstColumn, _columns, _lanes, _block, _slot;

        public Piece(PackedScalars a, TSource b, MatrixView<float> c, bool accumulate, LanePanels cut, int firstRow, int lastRow, int firstPanel, int lastPanel)
        {
            (_a, _b, _c, _accumulate, _cut, _firstRow, _lastRow, _firstPanel, _lastPanel) = (a, b, c, accumulate, cut, firstRow, lastRow, firstPanel, lastPanel);
            _firstColumn = cut.First(firstPanel) * TSimd.Width;
            _lanes = cut.First(lastPanel) * TSimd.Width - _firstColumn;
            _columns = Math.Min(_lanes, c.Columns - _firstColumn);
            _block = SumBlocks.Length(a.Steps);
            _slot = (lastRow - firstRow + TileLayouts.Rows - 1) / TileLayouts.Rows * TileLayouts.Rows;
        }

        public void Run()
        {
            float* copy = Scratch.Second<float>(2L * _lanes * _block + (long)_lanes * _slot), next = copy + (nint)_lanes * _block, sums = next + (nint)_lanes * _block;
            Copy(0, Math.Min(_block, _a.Steps), 0, Math.Min(_block, _a.Steps), copy);
            for (int step = 0; step < _a.Steps; step += _block)
            {
                Block(step, copy, next, sums);
                float* done = copy;
                copy = next;
                next = done;
            }
            for (int panel = _firstPanel; panel < _lastPanel; panel++)
            {
                int first = First(panel), width = _cut.Width(panel) * TSimd.Width;
                Keep(sums + (nint)first * _slot, width, _firstColumn + first, Math.Min(width, _columns - first));
            }
        }

        // Lanes before a panel.
        private int First(int panel) => _cut.First(panel) * TSimd.Width - _firstColumn;

        // A block of steps. Between its tiles the next block is copied, row by row as they lie in memory, each some tiles after one has asked for it: rows a power of two
        // apart fall into a few sets of the caches and would not stay there until a whole block is read.
        private void Block(int step, float* copy, float* next, float* sums)
        {
            int count = Math.Min(_block, _a.Steps - step), nextStep = step + count, nextCount = Math.Min(_block, _a.Steps - nextStep), copied = 0;
            var rows = _b.Memory;
            // A tile asks for so many lines of one row in every group of steps, and for the row after it in the next; so many tiles ask for whole rows.
            int lines = TileLayouts.LinesFetched(TTile.RowsOf(_cut.Width(_firstPanel))), rounds = (_columns * rows.Element / Line + lines) / lines, round = 0;
            int groups = count / TileLayouts.Group, asked = nextStep * TSource.RowsPerStep, last = asked + nextCount * TSource.RowsPerStep;
            for (int row = _firstRow; row < _lastRow; row += TileLayouts.Rows)
            {
                float* scalars = _a.Group(row, step, count);
                int height = Math.Min(TileLayouts.Rows, _lastRow - row);
                for (int panel = _firstPanel; panel < _lastPanel; panel++)
                {
                    int first = First(panel), of = _cut.Width(panel), width = of * TSimd.Width, each = TTile.RowsOf(of);
                    float* vectors = copy + (nint)first * count, target = sums + (nint)first * _slot + (nint)(row - _firstRow) * width;
                    for (int sub = 0; sub < height; sub += each, target += each * width)
                    {
                        var ahead = asked < last ? new Ahead(rows.At(asked, _firstColumn) + round * lines * Line, Line, rows.Row) : Ahead.None(vectors);
                        TTile.Run<TLayout>(of, scalars + sub * TLayout.Row(0), 0, vectors, count, target, width, step > 0, ahead);
                        if (++round < rounds) continue;
                        round = 0;
                        int ready = Math.Min(nextCount, asked / TSource.RowsPerStep - nextStep);
                        if (ready > copied) Copy(nextStep, nextCount, copied, ready, next);
                        copied = Math.Max(copied, ready);
                        asked += groups;
                    }
                }
            }
            if (copied < nextCount) Copy(nextStep, nextCount, copied, nextCount, next);
        }

        // Some steps of a block.
        private void Copy(int step, int count, int from, int to, float* target)
        {
            // So few steps at a time that the pages they lie in are visited once.
            for (int i = from; i < to; i += StepsAtOnce)
                for (int panel = _firstPanel; panel < _lastPanel; panel++)
                {
                    int first = First(panel), width = _cut.Width(panel) * TSimd.Width;
                    _b.Copy(step + i, Math.Min(StepsAtOnce, to - i), _firstColumn + first, Math.Min(width, _columns - first), width, target + (nint)first * count + (nint)i * width);
                }
        }

        private void Keep(float* sums, int width, int column, int columns)
        {
            for (int row = _firstRow; row < _lastRow; row++, sums += width)
            {
                float* target = _c.RowPointer(row) + column;
                int i = 0;
                for (; i + TSimd.Width <= columns; i += TSimd.Width) TSimd.Store(_accumulate ? TSimd.Add(TSimd.Load(target + i), TSimd.Load(sums + i)) : TSimd.Load(sums + i), target + i);
                for (; i < columns; i++) target[i] = _accumulate ? target[i] + sums[i] : sums[i];
            }
        }
    }
}
