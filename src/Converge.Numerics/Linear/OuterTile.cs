using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>
/// Outer-product tiles: c[i, :] += sum over n of a[i, n] b[n, :], the columns in vectors. Every element sums its n in ascending order in one
/// accumulator that starts from what c holds, so an element depends neither on the tile it is computed in nor on where the sum over n is cut.
/// </summary>
/// <typeparam name="TVector">The hardware vector.</typeparam>
/// <typeparam name="TSimd">Its operations.</typeparam>
internal static unsafe class OuterTile<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int TileRows = 6;
    private const int TileVectors = 4;

    /// <summary>
    /// c[rows, columns] += a[rows, n] b[n, columns]. Element (i, n) of a lies at a[i * aRow + n * aStep]; columns are a whole number of vectors.
    /// </summary>
    public static void Run(float* a, nint aRow, nint aStep, float* b, nint bStride, int n, float* c, nint cStride, int rows, int columns)
    {
        int wide = TileVectors * TSimd.Width, column = 0;
        for (; column + wide <= columns; column += wide)
        {
            int row = 0;
            for (; row + TileRows <= rows; row += TileRows) Tile6x4(a + row * aRow, aRow, aStep, b + column, bStride, n, c + row * cStride + column, cStride);
            for (; row < rows; row++) Tile1x4(a + row * aRow, aStep, b + column, bStride, n, c + row * cStride + column);
        }
        for (; column < columns; column += TSimd.Width)
        {
            int row = 0;
            for (; row + TileRows <= rows; row += TileRows) Tile6x1(a + row * aRow, aRow, aStep, b + column, bStride, n, c + row * cStride + column, cStride);
            for (; row < rows; row++) Tile1x1(a + row * aRow, aStep, b + column, bStride, n, c + row * cStride + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x4(float* a, nint aRow, nint aStep, float* b, nint bStride, int n, float* c, nint cStride)
    {
        TVector s00 = TSimd.Load(c), s01 = TSimd.Load(c + TSimd.Width), s02 = TSimd.Load(c + 2 * TSimd.Width), s03 = TSimd.Load(c + 3 * TSimd.Width);
        TVector s10 = TSimd.Load(c + cStride), s11 = TSimd.Load(c + cStride + TSimd.Width), s12 = TSimd.Load(c + cStride + 2 * TSimd.Width), s13 = TSimd.Load(c + cStride + 3 * TSimd.Width);
        TVector s20 = TSimd.Load(c + 2 * cStride), s21 = TSimd.Load(c + 2 * cStride + TSimd.Width), s22 = TSimd.Load(c + 2 * cStride + 2 * TSimd.Width), s23 = TSimd.Load(c + 2 * cStride + 3 * TSimd.Width);
        TVector s30 = TSimd.Load(c + 3 * cStride), s31 = TSimd.Load(c + 3 * cStride + TSimd.Width), s32 = TSimd.Load(c + 3 * cStride + 2 * TSimd.Width), s33 = TSimd.Load(c + 3 * cStride + 3 * TSimd.Width);
        TVector s40 = TSimd.Load(c + 4 * cStride), s41 = TSimd.Load(c + 4 * cStride + TSimd.Width), s42 = TSimd.Load(c + 4 * cStride + 2 * TSimd.Width), s43 = TSimd.Load(c + 4 * cStride + 3 * TSimd.Width);
        TVector s50 = TSimd.Load(c + 5 * cStride), s51 = TSimd.Load(c + 5 * cStride + TSimd.Width), s52 = TSimd.Load(c + 5 * cStride + 2 * TSimd.Width), s53 = TSimd.Load(c + 5 * cStride + 3 * TSimd.Width);
        for (int step = 0; step < n; step++)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), b2 = TSimd.Load(b + 2 * TSimd.Width), b3 = TSimd.Load(b + 3 * TSimd.Width);
            var x = TSimd.Broadcast(a[0]);
            s00 = TSimd.MultiplyAdd(x, b0, s00);
            s01 = TSimd.MultiplyAdd(x, b1, s01);
            s02 = TSimd.MultiplyAdd(x, b2, s02);
            s03 = TSimd.MultiplyAdd(x, b3, s03);
            x = TSimd.Broadcast(a[aRow]);
            s10 = TSimd.MultiplyAdd(x, b0, s10);
            s11 = TSimd.MultiplyAdd(x, b1, s11);
            s12 = TSimd.MultiplyAdd(x, b2, s12);
            s13 = TSimd.MultiplyAdd(x, b3, s13);
            x = TSimd.Broadcast(a[2 * aRow]);
            s20 = TSimd.MultiplyAdd(x, b0, s20);
            s21 = TSimd.MultiplyAdd(x, b1, s21);
            s22 = TSimd.MultiplyAdd(x, b2, s22);
            s23 = TSimd.MultiplyAdd(x, b3, s23);
            x = TSimd.Broadcast(a[3 * aRow]);
            s30 = TSimd.MultiplyAdd(x, b0, s30);
            s31 = TSimd.MultiplyAdd(x, b1, s31);
            s32 = TSimd.MultiplyAdd(x, b2, s32);
            s33 = TSimd.MultiplyAdd(x, b3, s33);
            x = TSimd.Broadcast(a[4 * aRow]);
            s40 = TSimd.MultiplyAdd(x, b0, s40);
            s41 = TSimd.MultiplyAdd(x, b1, s41);
            s42 = TSimd.MultiplyAdd(x, b2, s42);
            s43 = TSimd.MultiplyAdd(x, b3, s43);
            x = TSimd.Broadcast(a[5 * aRow]);
            s50 = TSimd.MultiplyAdd(x, b0, s50);
            s51 = TSimd.MultiplyAdd(x, b1, s51);
            s52 = TSimd.MultiplyAdd(x, b2, s52);
            s53 = TSimd.MultiplyAdd(x, b3, s53);
            a += aStep;
            b += bStride;
        }
        TSimd.Store(s00, c);
        TSimd.Store(s01, c + TSimd.Width);
        TSimd.Store(s02, c + 2 * TSimd.Width);
        TSimd.Store(s03, c + 3 * TSimd.Width);
        TSimd.Store(s10, c + cStride);
        TSimd.Store(s11, c + cStride + TSimd.Width);
        TSimd.Store(s12, c + cStride + 2 * TSimd.Width);
        TSimd.Store(s13, c + cStride + 3 * TSimd.Width);
        TSimd.Store(s20, c + 2 * cStride);
        TSimd.Store(s21, c + 2 * cStride + TSimd.Width);
        TSimd.Store(s22, c + 2 * cStride + 2 * TSimd.Width);
        TSimd.Store(s23, c + 2 * cStride + 3 * TSimd.Width);
        TSimd.Store(s30, c + 3 * cStride);
        TSimd.Store(s31, c + 3 * cStride + TSimd.Width);
        TSimd.Store(s32, c + 3 * cStride + 2 * TSimd.Width);
        TSimd.Store(s33, c + 3 * cStride + 3 * TSimd.Width);
        TSimd.Store(s40, c + 4 * cStride);
        TSimd.Store(s41, c + 4 * cStride + TSimd.Width);
        TSimd.Store(s42, c + 4 * cStride + 2 * TSimd.Width);
        TSimd.Store(s43, c + 4 * cStride + 3 * TSimd.Width);
        TSimd.Store(s50, c + 5 * cStride);
        TSimd.Store(s51, c + 5 * cStride + TSimd.Width);
        TSimd.Store(s52, c + 5 * cStride + 2 * TSimd.Width);
        TSimd.Store(s53, c + 5 * cStride + 3 * TSimd.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x4(float* a, nint aStep, float* b, nint bStride, int n, float* c)
    {
        TVector s00 = TSimd.Load(c), s01 = TSimd.Load(c + TSimd.Width), s02 = TSimd.Load(c + 2 * TSimd.Width), s03 = TSimd.Load(c + 3 * TSimd.Width);
        for (int step = 0; step < n; step++)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), b2 = TSimd.Load(b + 2 * TSimd.Width), b3 = TSimd.Load(b + 3 * TSimd.Width);
            var x = TSimd.Broadcast(a[0]);
            s00 = TSimd.MultiplyAdd(x, b0, s00);
            s01 = TSimd.MultiplyAdd(x, b1, s01);
            s02 = TSimd.MultiplyAdd(x, b2, s02);
            s03 = TSimd.MultiplyAdd(x, b3, s03);
            a += aStep;
            b += bStride;
        }
        TSimd.Store(s00, c);
        TSimd.Store(s01, c + TSimd.Width);
        TSimd.Store(s02, c + 2 * TSimd.Width);
        TSimd.Store(s03, c + 3 * TSimd.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x1(float* a, nint aRow, nint aStep, float* b, nint bStride, int n, float* c, nint cStride)
    {
        TVector s00 = TSimd.Load(c);
        TVector s10 = TSimd.Load(c + cStride);
        TVector s20 = TSimd.Load(c + 2 * cStride);
        TVector s30 = TSimd.Load(c + 3 * cStride);
        TVector s40 = TSimd.Load(c + 4 * cStride);
        TVector s50 = TSimd.Load(c + 5 * cStride);
        for (int step = 0; step < n; step++)
        {
            TVector b0 = TSimd.Load(b);
            var x = TSimd.Broadcast(a[0]);
            s00 = TSimd.MultiplyAdd(x, b0, s00);
            x = TSimd.Broadcast(a[aRow]);
            s10 = TSimd.MultiplyAdd(x, b0, s10);
            x = TSimd.Broadcast(a[2 * aRow]);
            s20 = TSimd.MultiplyAdd(x, b0, s20);
            x = TSimd.Broadcast(a[3 * aRow]);
            s30 = TSimd.MultiplyAdd(x, b0, s30);
            x = TSimd.Broadcast(a[4 * aRow]);
            s40 = TSimd.MultiplyAdd(x, b0, s40);
            x = TSimd.Broadcast(a[5 * aRow]);
            s50 = TSimd.MultiplyAdd(x, b0, s50);
            a += aStep;
            b += bStride;
        }
        TSimd.Store(s00, c);
        TSimd.Store(s10, c + cStride);
        TSimd.Store(s20, c + 2 * cStride);
        TSimd.Store(s30, c + 3 * cStride);
        TSimd.Store(s40, c + 4 * cStride);
        TSimd.Store(s50, c + 5 * cStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x1(float* a, nint aStep, float* b, nint bStride, int n, float* c)
    {
        TVector s00 = TSimd.Load(c);
        for (int step = 0; step < n; step++)
        {
            TVector b0 = TSimd.Load(b);
            var x = TSimd.Broadcast(a[0]);
            s00 = TSimd.MultiplyAdd(x, b0, s00);
            a += aStep;
            b += bStride;
        }
        TSimd.Store(s00, c);
    }
}
