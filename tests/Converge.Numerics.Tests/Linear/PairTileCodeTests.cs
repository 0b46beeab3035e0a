using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics.Tests.Linear;

/// <summary>
/// The machine code that multiplies pairs, taken instruction by instruction: few processors have the one it is written for. Real ones run it too where they can.
/// </summary>
public sealed unsafe class PairTileCodeTests
{
    public static TheoryData<int, int> Tiles => new() { { 12, 1 }, { 12, 2 }, { 8, 3 }, { 6, 4 } };

    [Theory, MemberData(nameof(Tiles))]
    public void Gives_the_bits_of_the_tiles_in_C_sharp_where_rows_lie_in_place(int rows, int vectors) => Compare<InPlaceLayout>(rows, vectors, stride: 301);

    [Theory, MemberData(nameof(Tiles))]
    public void Gives_the_same_where_rows_are_packed_in_lines(int rows, int vectors) => Compare<LineLayout>(rows, vectors, stride: 0);

    private static void Compare<TLayout>(int rows, int vectors, nint stride) where TLayout : struct, ITileLayout
    {
        Assert.Equal(rows, PairTile.RowsOf(vectors));
        int width = 16 * vectors, cRow = width + 5;
        const int Scalars = 16384;
        float* memory = (float*)NativeMemory.AllocZeroed((nuint)(Scalars + 400 * width + 2 * 12 * cRow), sizeof(float));
        float* a = memory, b = a + Scalars, mine = b + 400 * width, expected = mine + 12 * cRow;
        try
        {
            float* pair = stackalloc float[2];
            for (int i = 0; i < Scalars + 400 * width; i++)
            {
                (pair[0], pair[1]) = ((float)Philox.NormalAt(1, 1, (ulong)i), (float)Philox.NormalAt(1, 2, (ulong)i));
                BFloat16.Pack(pair, 2, memory + i);
            }
            byte[] code = PairTileCode.Of(rows, vectors);
            foreach (int steps in new[] { 1, 3, 15, 16, 17, 32, 37, 176 })
                foreach (bool add in new[] { false, true })
                {
                    for (int i = 0; i < 12 * cRow; i++) mine[i] = expected[i] = (float)Philox.NormalAt(1, 3, (ulong)i);
                    var ahead = new Ahead(4096, 64, 640);
                    var arguments = PairTile.Arguments<TLayout>(rows, a, stride, b, steps, mine, cRow, add, ahead);
                    var machine = new SmallMachine(code);
                    machine.Run((nint)(&arguments));
                    PairVectorTile<Vector512<float>, Simd512>.Run<TLayout>(vectors, a, stride, b, steps, expected, cRow, add, Ahead.None(b));
                    // The other tiles have twelve rows always; this one leaves what lies beyond its own as it was.
                    for (int i = rows * cRow; i < 12 * cRow; i++) expected[i] = (float)Philox.NormalAt(1, 3, (ulong)i);
                    for (int i = 0; i < 12 * cRow; i++)
                        Assert.True(BitConverter.SingleToUInt32Bits(mine[i]) == BitConverter.SingleToUInt32Bits(expected[i]), $"{steps} steps, add {add}: result {i} is {mine[i]}, not {expected[i]}");
                    // A line of each row for each whole group, an address row after row and group after group.
                    int lines = 4 * PairTileCode.LinesAtOnce(rows);
                    Assert.Equal(from g in Enumerable.Range(0, steps / 16) from line in Enumerable.Range(0, lines) select (long)(4096 + g * 640 + line * 64), machine.Fetched);
                }
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }
}
