using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>
/// Tiles of pairs of bfloat16 where the processor does not multiply them by itself: halves are widened and multiplied one after the other, the upper ones first, as
/// such processors do, so that the bits are theirs. One vector of lanes at a time: it is there to be right everywhere, and float32 is faster.
/// </summary>
/// <typeparam name="TVector">The hardware vector.</typeparam>
/// <typeparam name="TSimd">Its operations.</typeparam>
internal readonly unsafe struct PairVectorTile<TVector, TSimd> : IProductTile
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int Rows = 12, Group = TileLayouts.Group;

    /// <inheritdoc/>
    public static int RowsOf(int vectors) => Rows;

    /// <inheritdoc/>
    public static void Run<TLayout>(int vectors, float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        for (int i = 0; i < vectors; i++, b += TSimd.Width, c += TSimd.Width)
        {
            Tile<TLayout>(a, TLayout.Row(stride), b, vectors * TSimd.Width, steps, c, cRow, add, ahead);
            ahead = Ahead.None(b);
        }
    }

    // Twelve accumulators, named one by one, see ProductTile.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TLayout>(float* a, nint row, float* b, int bStep, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        TVector s0 = TSimd.Zero, s1 = TSimd.Zero, s2 = TSimd.Zero, s3 = TSimd.Zero, s4 = TSimd.Zero, s5 = TSimd.Zero;
        TVector s6 = TSimd.Zero, s7 = TSimd.Zero, s8 = TSimd.Zero, s9 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero;
        nint next = ahead.First;
        for (; steps > 0; steps -= Group, a += TLayout.Advance, next += ahead.Group)
        {
            for (int line = 0; line < Rows; line++) Prefetch.ToSecondLevel(next + line * ahead.Row);
            float* at = a;
            for (int step = Math.Min(steps, Group); step > 0; step--, at += TLayout.Step, b += bStep)
            {
                TVector pairs = TSimd.Load(b), upper = TSimd.UpperHalves(pairs), lower = TSimd.LowerHalves(pairs);
                Multiply(at[0], upper, lower, ref s0);
                Multiply(at[row], upper, lower, ref s1);
                Multiply(at[2 * row], upper, lower, ref s2);
                Multiply(at[3 * row], upper, lower, ref s3);
                Multiply(at[4 * row], upper, lower, ref s4);
                Multiply(at[5 * row], upper, lower, ref s5);
                Multiply(at[6 * row], upper, lower, ref s6);
                Multiply(at[7 * row], upper, lower, ref s7);
                Multiply(at[8 * row], upper, lower, ref s8);
                Multiply(at[9 * row], upper, lower, ref s9);
                Multiply(at[10 * row], upper, lower, ref s10);
                Multiply(at[11 * row], upper, lower, ref s11);
            }
        }
        Keep(s0, c, add);
        Keep(s1, c + cRow, add);
        Keep(s2, c + 2 * cRow, add);
        Keep(s3, c + 3 * cRow, add);
        Keep(s4, c + 4 * cRow, add);
        Keep(s5, c + 5 * cRow, add);
        Keep(s6, c + 6 * cRow, add);
        Keep(s7, c + 7 * cRow, add);
        Keep(s8, c + 8 * cRow, add);
        Keep(s9, c + 9 * cRow, add);
        Keep(s10, c + 10 * cRow, add);
        Keep(s11, c + 11 * cRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(float scalars, TVector upper, TVector lower, ref TVector sum)
    {
        var pair = TSimd.Broadcast(scalars);
        sum = TSimd.MultiplyAdd(TSimd.LowerHalves(pair), lower, TSimd.MultiplyAdd(TSimd.UpperHalves(pair), upper, sum));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(TVector sum, float* target, bool add) => TSimd.Store(add ? TSimd.Add(TSimd.Load(target), sum) : sum, target);
}
