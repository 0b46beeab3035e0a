using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>
/// Outer-product tiles over packed operands: c[i, :] = (or +=) the sum over steps of a[i, step] b[step, :], for up to twelve rows and two vectors of columns.
/// Every element is one chain of fused multiply-adds in ascending step, so it depends on no tile, vector width or neighbour.
/// </summary>
/// <typeparam name="TVector">The hardware vector.</typeparam>
/// <typeparam name="TSimd">Its operations.</typeparam>
internal static unsafe class ProductTile<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>Columns of a tile, and of a packed panel of b.</summary>
    public static int Columns => 2 * TSimd.Width;

    /// <summary>Rows of the largest tile: what fits into the registers, 32 of them but for AVX2.</summary>
    public static int MostRows => TSimd.Width == 8 ? 6 : 12;

    /// <summary>Rows of the next tile, where <paramref name="left"/> are to be done.</summary>
    public static int RowsOf(int left) => left >= MostRows ? MostRows : left >= 6 ? 6 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

    /// <summary>One tile.</summary>
    /// <param name="rows">1, 2, 4, 6 or 12.</param>
    /// <param name="a">The rows, packed as TLayout says.</param>
    /// <param name="b">Two vectors a step.</param>
    /// <param name="steps">The length of the sums.</param>
    /// <param name="c">The first row of results.</param>
    /// <param name="cStride">From row to row of them.</param>
    /// <param name="add">Whether sums are added to what is there.</param>
    public static void Run<TLayout>(int rows, float* a, float* b, int steps, float* c, nint cStride, bool add) where TLayout : struct, ITileLayout
    {
        switch (rows)
        {
            case 12: Tile12<TLayout>(a, b, steps, c, cStride, add); break;
            case 6: Tile6<TLayout>(a, b, steps, c, cStride, add); break;
            case 4: Tile4<TLayout>(a, b, steps, c, cStride, add); break;
            case 2: Tile2<TLayout>(a, b, steps, c, cStride, add); break;
            default: Tile1<TLayout>(a, b, steps, c, cStride, add); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(TVector first, TVector second, float* target, bool add)
    {
        if (add)
        {
            first = TSimd.Add(TSimd.Load(target), first);
            second = TSimd.Add(TSimd.Load(target + TSimd.Width), second);
        }
        TSimd.Store(first, target);
        TSimd.Store(second, target + TSimd.Width);
    }

    // The accumulators are named one by one because the compiler keeps no array of them in registers.

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12<TLayout>(float* a, float* b, int steps, float* c, nint cStride, bool add) where TLayout : struct, ITileLayout
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero, s20 = TSimd.Zero, s21 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s40 = TSimd.Zero, s41 = TSimd.Zero, s50 = TSimd.Zero, s51 = TSimd.Zero;
        TVector s60 = TSimd.Zero, s61 = TSimd.Zero, s70 = TSimd.Zero, s71 = TSimd.Zero, s80 = TSimd.Zero, s81 = TSimd.Zero;
        TVector s90 = TSimd.Zero, s91 = TSimd.Zero, s100 = TSimd.Zero, s101 = TSimd.Zero, s110 = TSimd.Zero, s111 = TSimd.Zero;
        while (steps > 0)
        {
            int group = Math.Min(steps, TLayout.Group);
            for (int step = 0; step < group; step++, a += TLayout.Step(12), b += 2 * TSimd.Width)
            {
                TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width);
                var x = TSimd.Broadcast(a[0]);
                s00 = TSimd.MultiplyAdd(x, b0, s00);
                s01 = TSimd.MultiplyAdd(x, b1, s01);
                x = TSimd.Broadcast(a[TLayout.Row]);
                s10 = TSimd.MultiplyAdd(x, b0, s10);
                s11 = TSimd.MultiplyAdd(x, b1, s11);
                x = TSimd.Broadcast(a[2 * TLayout.Row]);
                s20 = TSimd.MultiplyAdd(x, b0, s20);
                s21 = TSimd.MultiplyAdd(x, b1, s21);
                x = TSimd.Broadcast(a[3 * TLayout.Row]);
                s30 = TSimd.MultiplyAdd(x, b0, s30);
                s31 = TSimd.MultiplyAdd(x, b1, s31);
                x = TSimd.Broadcast(a[4 * TLayout.Row]);
                s40 = TSimd.MultiplyAdd(x, b0, s40);
                s41 = TSimd.MultiplyAdd(x, b1, s41);
                x = TSimd.Broadcast(a[5 * TLayout.Row]);
                s50 = TSimd.MultiplyAdd(x, b0, s50);
                s51 = TSimd.MultiplyAdd(x, b1, s51);
                x = TSimd.Broadcast(a[6 * TLayout.Row]);
                s60 = TSimd.MultiplyAdd(x, b0, s60);
                s61 = TSimd.MultiplyAdd(x, b1, s61);
                x = TSimd.Broadcast(a[7 * TLayout.Row]);
                s70 = TSimd.MultiplyAdd(x, b0, s70);
                s71 = TSimd.MultiplyAdd(x, b1, s71);
                x = TSimd.Broadcast(a[8 * TLayout.Row]);
                s80 = TSimd.MultiplyAdd(x, b0, s80);
                s81 = TSimd.MultiplyAdd(x, b1, s81);
                x = TSimd.Broadcast(a[9 * TLayout.Row]);
                s90 = TSimd.MultiplyAdd(x, b0, s90);
                s91 = TSimd.MultiplyAdd(x, b1, s91);
                x = TSimd.Broadcast(a[10 * TLayout.Row]);
                s100 = TSimd.MultiplyAdd(x, b0, s100);
                s101 = TSimd.MultiplyAdd(x, b1, s101);
                x = TSimd.Broadcast(a[11 * TLayout.Row]);
                s110 = TSimd.MultiplyAdd(x, b0, s110);
                s111 = TSimd.MultiplyAdd(x, b1, s111);
            }
            steps -= group;
            a += TLayout.Skip(12);
        }
        Keep(s00, s01, c, add);
        Keep(s10, s11, c + cStride, add);
        Keep(s20, s21, c + 2 * cStride, add);
        Keep(s30, s31, c + 3 * cStride, add);
        Keep(s40, s41, c + 4 * cStride, add);
        Keep(s50, s51, c + 5 * cStride, add);
        Keep(s60, s61, c + 6 * cStride, add);
        Keep(s70, s71, c + 7 * cStride, add);
        Keep(s80, s81, c + 8 * cStride, add);
        Keep(s90, s91, c + 9 * cStride, add);
        Keep(s100, s101, c + 10 * cStride, add);
        Keep(s110, s111, c + 11 * cStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6<TLayout>(float* a, float* b, int steps, float* c, nint cStride, bool add) where TLayout : struct, ITileLayout
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero, s20 = TSimd.Zero, s21 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s40 = TSimd.Zero, s41 = TSimd.Zero, s50 = TSimd.Zero, s51 = TSimd.Zero;
        while (steps > 0)
        {
            int group = Math.Min(steps, TLayout.Group);
            for (int step = 0; step < group; step++, a += TLayout.Step(6), b += 2 * TSimd.Width)
            {
                TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width);
                var x = TSimd.Broadcast(a[0]);
                s00 = TSimd.MultiplyAdd(x, b0, s00);
                s01 = TSimd.MultiplyAdd(x, b1, s01);
                x = TSimd.Broadcast(a[TLayout.Row]);
                s10 = TSimd.MultiplyAdd(x, b0, s10);
                s11 = TSimd.MultiplyAdd(x, b1, s11);
                x = TSimd.Broadcast(a[2 * TLayout.Row]);
                s20 = TSimd.MultiplyAdd(x, b0, s20);
                s21 = TSimd.MultiplyAdd(x, b1, s21);
                x = TSimd.Broadcast(a[3 * TLayout.Row]);
                s30 = TSimd.MultiplyAdd(x, b0, s30);
                s31 = TSimd.MultiplyAdd(x, b1, s31);
                x = TSimd.Broadcast(a[4 * TLayout.Row]);
                s40 = TSimd.MultiplyAdd(x, b0, s40);
                s41 = TSimd.MultiplyAdd(x, b1, s41);
                x = TSimd.Broadcast(a[5 * TLayout.Row]);
                s50 = TSimd.MultiplyAdd(x, b0, s50);
                s51 = TSimd.MultiplyAdd(x, b1, s51);
            }
            steps -= group;
            a += TLayout.Skip(6);
        }
        Keep(s00, s01, c, add);
        Keep(s10, s11, c + cStride, add);
        Keep(s20, s21, c + 2 * cStride, add);
        Keep(s30, s31, c + 3 * cStride, add);
        Keep(s40, s41, c + 4 * cStride, add);
        Keep(s50, s51, c + 5 * cStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4<TLayout>(float* a, float* b, int steps, float* c, nint cStride, bool add) where TLayout : struct, ITileLayout
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero, s20 = TSimd.Zero, s21 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero;
        while (steps > 0)
        {
            int group = Math.Min(steps, TLayout.Group);
            for (int step = 0; step < group; step++, a += TLayout.Step(4), b += 2 * TSimd.Width)
            {
                TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width);
                var x = TSimd.Broadcast(a[0]);
                s00 = TSimd.MultiplyAdd(x, b0, s00);
                s01 = TSimd.MultiplyAdd(x, b1, s01);
                x = TSimd.Broadcast(a[TLayout.Row]);
                s10 = TSimd.MultiplyAdd(x, b0, s10);
                s11 = TSimd.MultiplyAdd(x, b1, s11);
                x = TSimd.Broadcast(a[2 * TLayout.Row]);
                s20 = TSimd.MultiplyAdd(x, b0, s20);
                s21 = TSimd.MultiplyAdd(x, b1, s21);
                x = TSimd.Broadcast(a[3 * TLayout.Row]);
                s30 = TSimd.MultiplyAdd(x, b0, s30);
                s31 = TSimd.MultiplyAdd(x, b1, s31);
            }
            steps -= group;
            a += TLayout.Skip(4);
        }
        Keep(s00, s01, c, add);
        Keep(s10, s11, c + cStride, add);
        Keep(s20, s21, c + 2 * cStride, add);
        Keep(s30, s31, c + 3 * cStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2<TLayout>(float* a, float* b, int steps, float* c, nint cStride, bool add) where TLayout : struct, ITileLayout
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s10 = TSimd.Zero, s11 = TSimd.Zero;
        while (steps > 0)
        {
            int group = Math.Min(steps, TLayout.Group);
            for (int step = 0; step < group; step++, a += TLayout.Step(2), b += 2 * TSimd.Width)
            {
                TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width);
                var x = TSimd.Broadcast(a[0]);
                s00 = TSimd.MultiplyAdd(x, b0, s00);
                s01 = TSimd.MultiplyAdd(x, b1, s01);
                x = TSimd.Broadcast(a[TLayout.Row]);
                s10 = TSimd.MultiplyAdd(x, b0, s10);
                s11 = TSimd.MultiplyAdd(x, b1, s11);
            }
            steps -= group;
            a += TLayout.Skip(2);
        }
        Keep(s00, s01, c, add);
        Keep(s10, s11, c + cStride, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<TLayout>(float* a, float* b, int steps, float* c, nint cStride, bool add) where TLayout : struct, ITileLayout
    {
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero;
        while (steps > 0)
        {
            int group = Math.Min(steps, TLayout.Group);
            for (int step = 0; step < group; step++, a += TLayout.Step(1), b += 2 * TSimd.Width)
            {
                TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width);
                var x = TSimd.Broadcast(a[0]);
                s00 = TSimd.MultiplyAdd(x, b0, s00);
                s01 = TSimd.MultiplyAdd(x, b1, s01);
            }
            steps -= group;
            a += TLayout.Skip(1);
        }
        Keep(s00, s01, c, add);
    }
}
