using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>
/// The left operand of a product, [rows, steps], packed into tiles so that a kernel reads one stream. Steps are cut into blocks; a block holds its tiles one
/// after the other, each of <see cref="ProductTile{TVector, TSimd}.RowsOf"/> rows.
/// </summary>
internal readonly unsafe struct PackedOperand<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int TilesPerPiece = 8;
    private const int StepsPerPiece = 64;
    private readonly nint _data;

    private PackedOperand(float* data, int rows, int steps)
    {
        (_data, Rows, Steps) = ((nint)data, rows, steps);
    }

    /// <summary>The most rows of a product that are packed at a time, which bounds the copy; a whole number of tiles.</summary>
    public const int MostAtOnce = 4032;

    /// <summary>Rows of the product.</summary>
    public int Rows { get; }

    /// <summary>The length of the sums.</summary>
    public int Steps { get; }

    /// <summary>The rows from <paramref name="row"/> on, where a tile begins, in the block of steps that begins at <paramref name="step"/>.</summary>
    public float* Tile(int row, int step, int count) => (float*)_data + (nint)Rows * step + (nint)row * Padded(count);

    /// <summary>Packs rows: element (row, step) is source[row, step]. For <see cref="LineLayout"/>.</summary>
    public static PackedOperand<TVector, TSimd> OfRows(WorkPool pool, MatrixView<float> source)
    {
        int block = SumBlocks.Length(source.Columns);
        var packed = new PackedOperand<TVector, TSimd>(Allocate(source.Rows, source.Columns, block), source.Rows, source.Columns);
        Tiles(pool, source.Rows, (row, rows) =>
        {
            for (int step = 0; step < source.Columns; step += block)
            {
                int count = Math.Min(block, source.Columns - step);
                float* target = packed.Tile(row, step, count);
                for (int i = 0; i < rows; i++) CopyLines(source.RowPointer(row + i) + step, count, target + i * LineLayout.Line, rows);
            }
        });
        return packed;
    }

    /// <summary>Packs columns: element (row, step) is source[step, row]. For <see cref="StepLayout"/>.</summary>
    public static PackedOperand<TVector, TSimd> OfColumns(WorkPool pool, MatrixView<float> source)
    {
        int block = SumBlocks.Length(source.Rows);
        var packed = new PackedOperand<TVector, TSimd>(Allocate(source.Columns, source.Rows, block), source.Columns, source.Rows);
        // Steps on the outside: a stretch of the source is still in the cache when the next tile takes its columns from it.
        pool.For((source.Rows + StepsPerPiece - 1) / StepsPerPiece, piece =>
        {
            for (int step = piece * StepsPerPiece, last = Math.Min(source.Rows, step + StepsPerPiece); step < last;)
            {
                int start = step / block * block, count = Math.Min(block, source.Rows - start), steps = Math.Min(last, start + count) - step;
                for (int row = 0; row < source.Columns;)
                {
                    int rows = ProductTile<TVector, TSimd>.RowsOf(source.Columns - row);
                    CopyColumns(source.RowPointer(step) + row, source.Stride, steps, packed.Tile(row, start, count) + (nint)(step - start) * rows, rows);
                    row += rows;
                }
                step += steps;
            }
        });
        return packed;
    }

    // Sixteen elements at a time, so that a group of steps of all rows lies together; what the last group lacks is never read.
    private static void CopyLines(float* source, int count, float* target, int rows)
    {
        int step = 0;
        for (; step + LineLayout.Line <= count; step += LineLayout.Line, target += rows * LineLayout.Line)
            for (int i = 0; i < LineLayout.Line; i += TSimd.Width) TSimd.Store(TSimd.Load(source + step + i), target + i);
        for (int i = 0; step + i < count; i++) target[i] = source[step + i];
    }

    private static void CopyColumns(float* source, nint stride, int steps, float* target, int rows)
    {
        if (rows == 12)
        {
            for (int i = 0; i < steps; i++, source += stride, target += 12) Unsafe.CopyBlockUnaligned(target, source, 12 * sizeof(float));
            return;
        }
        for (int i = 0; i < steps; i++, source += stride, target += rows)
            for (int r = 0; r < rows; r++) target[r] = source[r];
    }

    private static float* Allocate(int rows, int steps, int block)
    {
        int last = steps % block;
        return Scratch.First<float>((long)rows * (steps - last + Padded(last)));
    }

    private static int Padded(int count) => (count + LineLayout.Line - 1) / LineLayout.Line * LineLayout.Line;

    private static void Tiles(WorkPool pool, int rows, Action<int, int> pack)
    {
        int most = ProductTile<TVector, TSimd>.MostRows, piece = TilesPerPiece * most;
        pool.For((rows + piece - 1) / piece, index =>
        {
            int last = Math.Min(rows, (index + 1) * piece);
            for (int row = index * piece; row < last;)
            {
                int count = ProductTile<TVector, TSimd>.RowsOf(last - row);
                pack(row, count);
                row += count;
            }
        });
    }
}
