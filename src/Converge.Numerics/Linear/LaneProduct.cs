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

    // What stays in the second-level cache beside the rows of W in use and those that are fetched: lanes with all their steps, and the sums of two strips...
    private const int WholeLanes = 144;
    private const long Resident = 600 * 1024;

    // ... or lanes with some of their steps, and the sums of as many rows as make it worth while to fetch the next steps: of longer rows, and of rows that are copied, for which more lanes mean fewer copies.
    private const int MostLanes = 240;
    private const long ResidentPart = 360 * 1024, ResidentSums = 368 * 1024;

    // More rows than the first-level cache has ways are copied: rows a power of two apart would throw each other out of it.
    private const int MostInPlace = 8;

    /// <summary>The product.</summary>
    public static void Run(WorkPool pool, PackedLanes<TVector, TSimd, TTerms> x, TSource w, MatrixView<float> y, bool accumulate)
    {
        int lanes = w.InPlace && (long)x.Steps * WholeLanes * sizeof(float) <= Resident ? WholeLanes : MostLanes;
        int panels = x.Panels.Count, panelsAtMost = lanes / (3 * TSimd.Width), laneParts = (panels + panelsAtMost - 1) / panelsAtMost;
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
        private readonly int _firstPanel, _lastPanel, _firstRow, _lastRow, _rowsAtOnce, _block, _chunk, _strip;
        private readonly bool _accumulate;
        private readonly nint _copy, _sums;

        public Piece(PackedLanes<TVector, TSimd, TTerms> x, TSource w, MatrixView<float> y, int firstPanel, int lastPanel, int firstRow, int lastRow, bool accumulate)
        {
            (_x, _w, _y, _firstPanel, _lastPanel, _firstRow, _lastRow, _accumulate) = (x, w, y, firstPanel, lastPanel, firstRow, lastRow, accumulate);
            int lanes = (x.Panels.First(lastPanel) - x.Panels.First(firstPanel)) * TSimd.Width, rows = lastRow - firstRow;
            long stepBytes = (long)lanes * sizeof(float);
            bool whole = x.Steps * stepBytes <= Resident;
            int narrow = TTile.RowsOf(x.Panels.Width(lastPanel - 1));
            _strip = narrow == TTile.RowsOf(x.Panels.Width(firstPanel)) ? narrow : Rows;
            _block = SumBlocks.Length(x.Steps);
            _chunk = whole ? x.Steps : (int)Math.Max(1, ResidentPart / (_block * stepBytes)) * _block;
            _rowsAtOnce = Math.Max(1, Math.Min((rows + Rows - 1) / Rows, whole ? 2 : (int)(ResidentSums / (Rows * stepBytes)))) * Rows;
            long copied = (long)Rows * TileLayouts.Padded(_block);
            // A square that is turned over may begin in the last rows and end beyond them.
            float* scratch = Scratch.Second<float>(copied + (long)(_rowsAtOnce + TSimd.Width) * lanes);
            (_copy, _sums) = ((nint)scratch, (nint)(scratch + copied));
        }

        public void Run()
        {
            for (int row = _firstRow; row < _lastRow; row += _rowsAtOnce)
            {
                int last = Math.Min(_lastRow, row + _rowsAtOnce);
                for (int chunk = 0; chunk < _x.Steps; chunk += _chunk)
                    for (int strip = row; strip < last; strip += _strip)
                        Strip(strip, Math.Min(_strip, last - strip), strip - row, chunk, Next(strip, row, last, chunk));
                for (int panel = _firstPanel; panel < _lastPanel; panel++) Keep(panel, row, last - row);
            }
        }

        // The strip of rows after this one, and where its steps begin.
        private (int Row, int Step) Next(int strip, int first, int last, int chunk) =>
            strip + _strip < last ? (strip + _strip, chunk) : chunk + _chunk < _x.Steps ? (first, chunk + _chunk) : (last, 0);

        // Panel after panel, [rows, lanes of the panel] each.
        private float* Sums(int panel) => (float*)_sums + (nint)(_x.Panels.First(panel) - _x.Panels.First(_firstPanel)) * TSimd.Width * _rowsAtOnce;

        private void Strip(int row, int rows, int slot, int chunk, (int Row, int Step) next)
        {
            var cut = _x.Panels;
            int panels = _lastPanel - _firstPanel, end = Math.Min(_x.Steps, chunk + _chunk);
            bool inPlace = _w.InPlace && rows == _strip && _strip <= MostInPlace;
            nint stride = _w.Stride;
            var memory = _w.Memory;
            // Of each of the next rows a run of bytes is needed. Tiles ask for one run after the other, from its beginning to its end, which is how memory gives them fastest; panels share that.
            int stepBytes = memory.Element, run = (Math.Min(_x.Steps, next.Step + _chunk) - next.Step) * stepBytes, line = (TileLayouts.Group * stepBytes + panels - 1) / panels;
            nint nextRow = memory.At(next.Row, next.Step), rowBytes = memory.Row;
            for (int step = chunk; step < end; step += _block)
            {
                int count = Math.Min(_block, end - step), shared = count * stepBytes / panels, done = (step - chunk) * stepBytes;
                if (!inPlace) Copy(row, rows, step, count);
                float* b = _x.Panel(_firstPanel, step, count), sums = (float*)_sums;
                for (int panel = _firstPanel; panel < _lastPanel; panel++, done += shared)
                {
                    int vectors = cut.Width(panel), each = TTile.RowsOf(vectors), width = vectors * TSimd.Width, asked = each * done;
                    // Whole rows are one stretch.
                    nint first = run == rowBytes ? nextRow + asked : nextRow + asked / run * rowBytes + asked % run;
                    float* c = sums + slot * width;
                    float* a = inPlace ? _w.At(row, step) : (float*)_copy;
                    for (int sub = 0; sub < rows; sub += each, c += each * width, first += each * rowBytes)
                    {
                        var ahead = new Ahead(first, line, each * line);
                        if (inPlace) TTile.Run<InPlaceLayout>(vectors, a + sub * stride, stride, b, count, c, width, step > 0, ahead);
                        else TTile.Run<LineLayout>(vectors, a + sub * TileLayouts.Group, 0, b, count, c, width, step > 0, ahead);
                    }
                    b += width * count;
                    sums += width * _rowsAtOnce;
                }
            }
        }

        private void Copy(int row, int rows, int step, int count)
        {
            float* copy = (float*)_copy;
            if (rows < _strip) new Span<float>(copy, Rows * TileLayouts.Padded(count)).Clear();
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
