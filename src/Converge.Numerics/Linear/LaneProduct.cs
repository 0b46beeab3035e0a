namespace Converge.Numerics;

/// <summary>
/// y[lanes, rows] = (or +=) x[lanes, steps] W[rows, steps]^T with the rows of x as lanes of vectors and the elements of W as scalars: W is read where it lies or
/// copied line by line, never turned over. Summed as <see cref="SumBlocks"/> says.
/// </summary>
internal static unsafe class LaneProduct<TVector, TSimd, TTerms, TTile, TSource>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
    where TTerms : struct, ITerms
    where TTile : struct, IProductTile
    where TSource : struct, IScalarSource
{
    private const int Rows = TileLayouts.Rows;

    // Of a block of steps, 240 lanes are 180 KiB in the second-level cache, and the sums of as many lanes and 16 strips 360 KiB.
    private const int MostLanes = 240;
    private const int MostStrips = 16;

    // Lanes that stay in that cache with all their steps: then strips are done one by one, and each reads its weights to the end of their rows.
    private const long Resident = 480 * 1024;

    // Floats ahead at which a row of weights is fetched where it lies: four groups of steps last longer than memory takes to answer.
    private const int Distance = 4 * TileLayouts.Group;

    /// <summary>The product.</summary>
    public static void Run(WorkPool pool, PackedLanes<TVector, TSimd, TTerms> x, TSource w, MatrixView<float> y, bool accumulate)
    {
        int panels = x.Panels.Count, panelsAtMost = MostLanes / (3 * TSimd.Width), laneParts = (panels + panelsAtMost - 1) / panelsAtMost;
        var strips = new GuidedPieces((w.Rows + Rows - 1) / Rows, pool.Threads);
        int stripPieces = strips.Count;
        pool.For(laneParts * stripPieces, (x, w, y, strips, stripPieces, laneParts, accumulate), static (all, piece) =>
        {
            int part = piece / all.stripPieces, panels = all.x.Panels.Count;
            var (first, last) = all.strips.Piece(piece % all.stripPieces);
            new Piece(all.x, all.w, all.y, panels * part / all.laneParts, panels * (part + 1) / all.laneParts, first * Rows, Math.Min(all.w.Rows, last * Rows), all.accumulate).Run();
        });
    }

    /// <summary>Some rows of W for some panels of lanes, on one thread.</summary>
    private readonly struct Piece
    {
        private readonly PackedLanes<TVector, TSimd, TTerms> _x;
        private readonly TSource _w;
        private readonly MatrixView<float> _y;
        private readonly int _firstPanel, _lastPanel, _firstRow, _lastRow, _rowsAtOnce;
        private readonly bool _accumulate;
        private readonly nint _copy, _sums;

        public Piece(PackedLanes<TVector, TSimd, TTerms> x, TSource w, MatrixView<float> y, int firstPanel, int lastPanel, int firstRow, int lastRow, bool accumulate)
        {
            (_x, _w, _y, _firstPanel, _lastPanel, _firstRow, _lastRow, _accumulate) = (x, w, y, firstPanel, lastPanel, firstRow, lastRow, accumulate);
            int lanes = (x.Panels.First(lastPanel) - x.Panels.First(firstPanel)) * TSimd.Width;
            _rowsAtOnce = Math.Min(lastRow - firstRow + Rows - 1, (long)lanes * x.Steps * sizeof(float) <= Resident ? 2 * Rows : MostStrips * Rows) / Rows * Rows;
            long copied = (long)Rows * TileLayouts.Padded(SumBlocks.Length(x.Steps));
            // A square that is turned over may begin in the last rows and end beyond them.
            float* scratch = Scratch.Second<float>(copied + (long)(_rowsAtOnce + TSimd.Width) * lanes);
            (_copy, _sums) = ((nint)scratch, (nint)(scratch + copied));
        }

        public void Run()
        {
            int block = SumBlocks.Length(_x.Steps);
            for (int row = _firstRow; row < _lastRow; row += _rowsAtOnce)
            {
                int last = Math.Min(_lastRow, row + _rowsAtOnce);
                for (int step = 0; step < _x.Steps; step += block)
                    for (int strip = row; strip < last; strip += Rows)
                        Strip(strip, Math.Min(Rows, last - strip), strip - row, step, Math.Min(block, _x.Steps - step), Next(strip, row, last, step, block));
                for (int panel = _firstPanel; panel < _lastPanel; panel++) Keep(panel, row, last - row);
            }
        }

        // Panel after panel, [rows, lanes of the panel] each.
        private float* Sums(int panel) => (float*)_sums + (nint)(_x.Panels.First(panel) - _x.Panels.First(_firstPanel)) * TSimd.Width * _rowsAtOnce;

        private void Strip(int row, int rows, int slot, int step, int count, (int Row, int Step) next)
        {
            bool inPlace = _w.InPlace && rows == Rows;
            if (!inPlace) Copy(row, rows, step, count);
            for (int panel = _firstPanel; panel < _lastPanel; panel++)
            {
                int vectors = _x.Panels.Width(panel), each = TTile.RowsOf(vectors), width = vectors * TSimd.Width;
                float* b = _x.Panel(panel, step, count);
                float* c = Sums(panel) + (nint)slot * width;
                for (int sub = 0; sub < rows; sub += each, c += each * width)
                {
                    float* a = inPlace ? _w.At(row + sub, step) : (float*)_copy + sub * TileLayouts.Group;
                    var ahead = panel > _firstPanel ? Ahead.None(b) : inPlace ? new Ahead((nint)(a + Distance), _w.Stride * sizeof(float), TileLayouts.Group * sizeof(float)) : next.Row + sub + each > _lastRow ? Ahead.None(b) : _w.Ahead(next.Row + sub, next.Step);
                    if (inPlace) TTile.Run<InPlaceLayout>(vectors, a, _w.Stride, b, count, c, width, step > 0, ahead);
                    else TTile.Run<LineLayout>(vectors, a, 0, b, count, c, width, step > 0, ahead);
                }
            }
        }

        // What is copied after a strip of rows: the next one of them, or the first one of the next block of steps, or of the rows after these.
        private (int Row, int Step) Next(int strip, int first, int last, int step, int block) =>
            strip + Rows < last ? (strip + Rows, step) : step + block < _x.Steps ? (first, step + block) : (last, 0);

        private void Copy(int row, int rows, int step, int count)
        {
            float* copy = (float*)_copy;
            if (rows < Rows) new Span<float>(copy, Rows * TileLayouts.Padded(count)).Clear();
            for (int i = 0; i < rows; i++) _w.Copy(row + i, step, count, copy + i * TileLayouts.Group);
        }

        // Sums lie [rows, lanes]; they are turned over square by square, along the rows of y. What a square has beyond the rows is never kept.
        private void Keep(int panel, int firstRow, int rows)
        {
            int side = TSimd.Width, lanes = _x.Panels.Width(panel) * side, firstLane = _x.Panels.First(panel) * side;
            float* square = stackalloc float[side * side];
            for (int lane = 0; lane < lanes; lane += side)
            {
                int used = Math.Min(side, _y.Rows - firstLane - lane);
                if (used <= 0) break;
                float* target = _y.RowPointer(firstLane + lane) + firstRow;
                for (int row = 0; row < rows; row += side, target += side)
                {
                    float* sums = Sums(panel) + (nint)row * lanes + lane;
                    int kept = Math.Min(side, rows - row);
                    if (used == side && kept == side && !_accumulate)
                    {
                        TSimd.Transpose(sums, lanes, target, _y.Stride);
                        continue;
                    }
                    TSimd.Transpose(sums, lanes, square, side);
                    for (int i = 0; i < used; i++)
                    {
                        float* results = target + i * _y.Stride, turned = square + i * side;
                        if (kept == side) TSimd.Store(_accumulate ? TSimd.Add(TSimd.Load(results), TSimd.Load(turned)) : TSimd.Load(turned), results);
                        else
                        {
                            for (int j = 0; j < kept; j++) results[j] = _accumulate ? results[j] + turned[j] : turned[j];
                        }
                    }
                }
            }
        }
    }
}
