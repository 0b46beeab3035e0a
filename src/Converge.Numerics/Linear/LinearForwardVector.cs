using System.Runtime.Intrinsics.X86;

namespace Converge.Numerics;

/// <summary>
/// The vector path of <see cref="LinearForward"/>: x is packed once, so that a tile reads it as one stream; panels of six rows of W are widened into the
/// cache and meet all rows of a block of x. The sum over K is cut into blocks of fixed length, whatever the number of rows.
/// </summary>
internal static unsafe class LinearForwardVector<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    // A panel of W (6 x 640 floats) and a tile of x (4 x 640) stay in the first-level cache, a block of x (256 rows of it) in the second.
    private const int MaxBlockK = 640;
    private const int BlockM = 256;

    // One cache line more than a block, so that the six rows do not fall into the same sets of the first-level cache.
    private const int PanelStride = MaxBlockK + 16;

    private const int Tile = DotTile<TVector, TSimd>.Rows;
    private const int Panel = DotTile<TVector, TSimd>.Columns;

    // Tile * Panel, and enough to keep what follows aligned to cache lines.
    private const int ResultsLength = 32;

    // Rows packed at a time: bounds the packed copy.
    private const int MaxRows = 4096;

    public static void Run(WorkPool pool, MatrixView<float> x, WeightView w, MatrixView<float> y, bool accumulate)
    {
        for (int m = 0; m < x.Rows; m += MaxRows)
        {
            int rows = Math.Min(MaxRows, x.Rows - m);
            OneBatch(pool, x.RowRange(m, rows), w, y.RowRange(m, rows), accumulate);
        }
    }

    private static void OneBatch(WorkPool pool, MatrixView<float> x, WeightView w, MatrixView<float> y, bool accumulate)
    {
        // Blocks of equal length, which depends on K alone: where the sum is cut decides its rounding.
        int block = Padded((x.Columns + Blocks(x.Columns) - 1) / Blocks(x.Columns));
        float* packed = Scratch.First<float>((long)x.Rows * Padded(x.Columns));
        int tiles = (x.Rows + Tile - 1) / Tile;
        if (x.Rows <= Tile) Pack(x, packed, 0, block);
        else pool.For(tiles, tile => Pack(x, packed, tile * Tile, block));

        int panels = (w.Rows + Panel - 1) / Panel, rowBlocks = (x.Rows + BlockM - 1) / BlockM;
        // Enough pieces that a late thread costs little, few enough that handing them out costs nothing.
        int pieces = Math.Min(panels, Math.Max(1, 8 * pool.Threads / rowBlocks));
        pool.For(pieces * rowBlocks, piece =>
        {
            int firstRow = piece / pieces * BlockM, lastRow = Math.Min(x.Rows, firstRow + BlockM);
            int firstPanel = (int)((long)panels * (piece % pieces) / pieces), lastPanel = (int)((long)panels * (piece % pieces + 1) / pieces);
            for (int k = 0; k < w.Columns; k += block)
            {
                var part = new KBlock(packed + (nint)x.Rows * k, k, Math.Min(block, w.Columns - k));
                for (int panel = firstPanel; panel < lastPanel; panel++)
                    OnePanel(part, firstRow, lastRow, w, panel * Panel, panel + 1 < lastPanel, y, accumulate || k > 0);
            }
        });
    }

    private static void OnePanel(KBlock part, int firstRow, int lastRow, WeightView w, int n, bool hasNext, MatrixView<float> y, bool accumulate)
    {
        int padded = Padded(part.Count), columns = Math.Min(Panel, w.Rows - n);
        float* work = Scratch.Second<float>(Panel * PanelStride + DotTile<TVector, TSimd>.WorkLength + ResultsLength);
        float* results = work + DotTile<TVector, TSimd>.WorkLength;
        float* panel;
        nint stride;
        // Few rows of x: reading float32 weights where they lie is cheaper than copying them.
        if (w.Type == ElementType.F32 && columns == Panel && padded == part.Count && lastRow - firstRow <= 2 * Tile)
        {
            panel = (float*)w.Row(n) + part.First;
            stride = w.Columns;
        }
        else
        {
            panel = results + ResultsLength;
            stride = PanelStride;
            for (int j = 0; j < Panel; j++)
            {
                int present = j < columns ? part.Count : 0;
                if (present > 0) Widen.Row(w, n + j, part.First, present, panel + j * stride);
                new Span<float>(panel + j * stride + present, padded - present).Clear();
            }
        }
        var ahead = new Prefetch(w, n + Panel, part, hasNext, (lastRow - firstRow + Tile - 1) / Tile);
        for (int m = firstRow; m < lastRow;)
        {
            int rows = lastRow - m >= Tile ? Tile : 1;
            ahead.Some();
            DotTile<TVector, TSimd>.Run(rows, part.X + (nint)m * padded, panel, stride, padded, work, results);
            for (int i = 0; i < rows; i++) Keep(results + i * Panel, y.RowPointer(m + i) + n, columns, accumulate);
            m += rows;
        }
    }

    // One tile of four rows is packed together, what is left over one by one; the end of a row is filled up with zeros. Block of K after block of K, so that
    // what is used together lies together.
    private static void Pack(MatrixView<float> x, float* packed, int firstRow, int block)
    {
        int lastRow = Math.Min(x.Rows, firstRow + Tile), rows = lastRow - firstRow == Tile ? Tile : 1;
        for (int first = 0; first < x.Columns; first += block)
        {
            int count = Math.Min(block, x.Columns - first), padded = Padded(count);
            float* part = packed + (nint)x.Rows * first;
            for (int m = firstRow; m < lastRow; m++)
            {
                float* source = x.RowPointer(m) + first;
                float* target = rows == Tile ? part + (nint)firstRow * padded + (m - firstRow) * TSimd.Width : part + (nint)m * padded;
                int k = 0;
                for (; k + TSimd.Width <= count; k += TSimd.Width) TSimd.Store(TSimd.Load(source + k), target + (nint)k * rows);
                if (k < count) TSimd.Store(TSimd.LoadPartial(source + k, count - k), target + (nint)k * rows);
            }
        }
    }

    private static int Blocks(int k) => (k + MaxBlockK - 1) / MaxBlockK;

    private static int Padded(int count) => (count + TSimd.Width - 1) / TSimd.Width * TSimd.Width;

    private static void Keep(float* results, float* target, int columns, bool accumulate)
    {
        if (accumulate)
        {
            for (int j = 0; j < columns; j++) target[j] += results[j];
        }
        else
        {
            for (int j = 0; j < columns; j++) target[j] = results[j];
        }
    }

    /// <summary>A part of the sum over K: the packed rows of x, from column <paramref name="First"/> on.</summary>
    private readonly record struct KBlock(nint Address, int First, int Count)
    {
        public KBlock(float* x, int first, int count)
            : this((nint)x, first, count)
        {
        }

        public float* X => (float*)Address;
    }

    /// <summary>Fetches the next panel of W into the second-level cache, some lines with every tile, so that copying it does not wait for memory.</summary>
    private struct Prefetch
    {
        private const int Line = 64;
        private readonly long _rowBytes;
        private readonly long _toNextRow;
        private readonly int _perTile;
        private byte* _at;
        private long _inRow;
        private int _rows;

        public Prefetch(WeightView w, int n, KBlock part, bool wanted, int tiles)
        {
            if (!wanted || n + Panel > w.Rows || !Sse.IsSupported) return;
            int size = w.Type.Size();
            _rowBytes = (long)part.Count * size;
            _toNextRow = (long)w.Columns * size;
            _at = w.Row(n) + (long)part.First * size;
            _rows = Panel;
            _perTile = (int)((_rowBytes / Line + 1) * Panel / tiles) + 1;
        }

        public void Some()
        {
            for (int i = 0; i < _perTile && _rows > 0; i++)
            {
                Sse.Prefetch1(_at + _inRow);
                _inRow += Line;
                if (_inRow < _rowBytes) continue;
                _inRow = 0;
                _at += _toNextRow;
                _rows--;
            }
        }
    }
}
