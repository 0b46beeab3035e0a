using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>
/// The scalars of a product, [rows, steps], packed in groups of <see cref="TileLayouts.Rows"/> rows so that a kernel reads one stream. Steps are cut into blocks;
/// a block holds its groups of rows one after the other. Rows beyond the last hold zeros.
/// </summary>
internal readonly unsafe struct PackedScalars
{
    private const int RowGroup = TileLayouts.Rows;
    private readonly nint _data;

    private PackedScalars(float* data, int rows, int steps) => (_data, Rows, Steps) = ((nint)data, rows, steps);

    /// <summary>The most rows of a product that are packed at a time, which bounds the copy; a whole number of groups.</summary>
    public const int MostAtOnce = 4032;

    /// <summary>Rows of the product.</summary>
    public int Rows { get; }

    /// <summary>The length of the sums.</summary>
    public int Steps { get; }

    /// <summary>The group of rows from <paramref name="row"/> on, in the block that begins at <paramref name="step"/> and has <paramref name="count"/> steps.</summary>
    public float* Group(int row, int step, int count) => (float*)_data + (nint)Groups(Rows) * RowGroup * step + (nint)row * TileLayouts.Padded(count);

    /// <summary>Packs rows: element (row, step) is source[row, step], or the pair of the elements 2 step and 2 step + 1. For <see cref="LineLayout"/>. In the calling thread's first scratch block.</summary>
    public static PackedScalars OfRows<TTerms>(WorkPool pool, MatrixView<float> source) where TTerms : struct, ITerms
    {
        int length = TermLines<TTerms>.Steps(source.Columns), block = SumBlocks.Length(length), blocks = (length + block - 1) / block, groups = Groups(source.Rows);
        var packed = new PackedScalars(Allocate(groups, length), source.Rows, length);
        pool.For(groups * blocks, (packed, source, blocks, block), static (all, piece) =>
        {
            var (packed, source, blocks, block) = all;
            int length = packed.Steps;
            int row = piece / blocks * RowGroup, step = piece % blocks * block, count = Math.Min(block, length - step), rows = Math.Min(RowGroup, source.Rows - row);
            float* target = packed.Group(row, step, count);
            if (rows < RowGroup) new Span<float>(target, RowGroup * TileLayouts.Padded(count)).Clear();
            for (int i = 0; i < rows; i++)
            {
                float* lines = target + i * TileLayouts.Group;
                for (int s = 0; s < count; s += TileLayouts.Group, lines += LineLayout.Advance)
                    TermLines<TTerms>.Copy(source.RowPointer(row + i), source.Columns, step + s, Math.Min(TileLayouts.Group, count - s), lines);
            }
        });
        return packed;
    }

    /// <summary>Packs columns: element (row, step) is source[step, row]. For <see cref="StepLayout"/>. In the calling thread's first scratch block.</summary>
    public static PackedScalars OfColumns(WorkPool pool, MatrixView<float> source)
    {
        int block = SumBlocks.Length(source.Rows), groups = Groups(source.Columns);
        var packed = new PackedScalars(Allocate(groups, source.Rows), source.Columns, source.Rows);
        // Groups of steps on the outside: a stretch of the source is still in the cache when the next group of rows takes its columns from it.
        const int Stretch = 4 * TileLayouts.Group;
        pool.For((source.Rows + Stretch - 1) / Stretch, (packed, source, block), static (all, piece) =>
        {
            var (packed, source, block) = all;
            for (int step = piece * Stretch, last = Math.Min(source.Rows, step + Stretch); step < last;)
            {
                int start = step / block * block, count = Math.Min(block, source.Rows - start), steps = Math.Min(last, start + count) - step;
                for (int row = 0; row < source.Columns; row += RowGroup)
                    Columns(source.RowPointer(step) + row, source.Stride, steps, packed.Group(row, start, count) + (nint)(step - start) * RowGroup, Math.Min(RowGroup, source.Columns - row));
                step += steps;
            }
        });
        return packed;
    }

    private static void Columns(float* source, nint stride, int steps, float* target, int rows)
    {
        if (rows == RowGroup)
        {
            for (int i = 0; i < steps; i++, source += stride, target += RowGroup) Unsafe.CopyBlockUnaligned(target, source, RowGroup * sizeof(float));
            return;
        }
        for (int i = 0; i < steps; i++, source += stride, target += RowGroup)
            for (int r = 0; r < RowGroup; r++) target[r] = r < rows ? source[r] : 0;
    }

    private static int Groups(int rows) => (rows + RowGroup - 1) / RowGroup;

    private static float* Allocate(int groups, int steps) => Scratch.First<float>((long)groups * RowGroup * TileLayouts.Padded(steps));
}
