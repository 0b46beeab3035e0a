using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>A weight as pairs of bfloat16 along its rows: step s holds rows 2 s and 2 s + 1, and zero where there is no second one. Other types are rounded.</summary>
internal readonly unsafe struct WeightRowPairs(WeightView w) : IVectorSource
{
    public static int RowsPerStep => 2;

    public StridedBytes Memory => StridedBytes.Of(w);

    public void Copy(int step, int count, int firstColumn, int columns, int width, float* target)
    {
        for (int i = 0; i < count; i++, target += width)
        {
            int row = 2 * (step + i);
            bool alone = row + 1 == w.Rows;
            if (w.Type == ElementType.BF16 && !alone) Interleave((ushort*)w.Row(row) + firstColumn, (ushort*)w.Row(row + 1) + firstColumn, columns, (uint*)target);
            else
            {
                for (int j = 0; j < columns; j++)
                {
                    uint first = Bits(row, firstColumn + j) >> 16, second = alone ? 0 : Bits(row + 1, firstColumn + j);
                    ((uint*)target)[j] = first | second;
                }
            }
            for (int j = columns; j < width; j++) target[j] = 0;
        }
    }

    private static void Interleave(ushort* first, ushort* second, int columns, uint* target)
    {
        int j = 0;
        for (; j + Vector256<ushort>.Count <= columns; j += Vector256<ushort>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(first + j));
            var (upperLow, upperHigh) = Vector256.Widen(Vector256.Load(second + j));
            (low | (upperLow << 16)).Store(target + j);
            (high | (upperHigh << 16)).Store(target + j + Vector256<uint>.Count);
        }
        for (; j < columns; j++) target[j] = first[j] | (uint)second[j] << 16;
    }

    private uint Bits(int row, int column) => BitConverter.SingleToUInt32Bits(BFloat16.Round(Widen.Element<float>(w.Row(row), w.Type, column)));
}
