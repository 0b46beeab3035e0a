using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>
/// Dot-product tiles: y[i, j] = x[i, :] . w[j, :] for a few rows of each. Lane l of an element's accumulator sums the products at k = l, l + width, ...
/// in that order; the lanes are then added in a fixed tree. So an element never depends on the tile it is computed in.
/// </summary>
/// <typeparam name="TVector">The hardware vector.</typeparam>
/// <typeparam name="TSimd">Its operations.</typeparam>
internal static unsafe class DotTile<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>Rows of x in the large tile.</summary>
    public const int Rows = 4;

    /// <summary>Rows of w in either tile.</summary>
    public const int Columns = 6;

    /// <summary>Floats of working memory that <see cref="Run"/> needs, aligned to a vector.</summary>
    public static int WorkLength => Rows * Columns * TSimd.Width;

    /// <summary>
    /// <paramref name="rows"/> rows of x (1 or 4) against six of w. x is packed: the rows' first vectors, one after the other, then their second ones, and so
    /// on. <paramref name="k"/> is a whole number of vectors. Results to <paramref name="results"/>, row-major [rows, 6], with room for a multiple of eight.
    /// </summary>
    public static void Run(int rows, float* x, float* w, nint wStride, int k, float* work, float* results)
    {
        if (rows == Rows) Tile4(x, w, wStride, k, work);
        else Tile1(x, w, wStride, k, work);
        for (int i = 0; i < rows * Columns; i += 8) TSimd.Sum8(work + i * TSimd.Width, results + i);
    }

    // The accumulators leave through memory: were they summed here, calls would make the compiler spill them inside the loop.

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4(float* x, float* w, nint wStride, int k, float* sums)
    {
        float* w1 = w + wStride, w2 = w + 2 * wStride, w3 = w + 3 * wStride, w4 = w + 4 * wStride, w5 = w + 5 * wStride;
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s03 = TSimd.Zero, s04 = TSimd.Zero, s05 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero, s12 = TSimd.Zero, s13 = TSimd.Zero, s14 = TSimd.Zero, s15 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero, s22 = TSimd.Zero, s23 = TSimd.Zero, s24 = TSimd.Zero, s25 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero, s32 = TSimd.Zero, s33 = TSimd.Zero, s34 = TSimd.Zero, s35 = TSimd.Zero;
        for (nint at = 0; at < k; at += TSimd.Width, x += Rows * TSimd.Width)
        {
            TVector a0 = TSimd.Load(x), a1 = TSimd.Load(x + TSimd.Width), a2 = TSimd.Load(x + 2 * TSimd.Width), a3 = TSimd.Load(x + 3 * TSimd.Width);
            var b = TSimd.Load(w + at);
            s00 = TSimd.MultiplyAdd(a0, b, s00);
            s10 = TSimd.MultiplyAdd(a1, b, s10);
            s20 = TSimd.MultiplyAdd(a2, b, s20);
            s30 = TSimd.MultiplyAdd(a3, b, s30);
            b = TSimd.Load(w1 + at);
            s01 = TSimd.MultiplyAdd(a0, b, s01);
            s11 = TSimd.MultiplyAdd(a1, b, s11);
            s21 = TSimd.MultiplyAdd(a2, b, s21);
            s31 = TSimd.MultiplyAdd(a3, b, s31);
            b = TSimd.Load(w2 + at);
            s02 = TSimd.MultiplyAdd(a0, b, s02);
            s12 = TSimd.MultiplyAdd(a1, b, s12);
            s22 = TSimd.MultiplyAdd(a2, b, s22);
            s32 = TSimd.MultiplyAdd(a3, b, s32);
            b = TSimd.Load(w3 + at);
            s03 = TSimd.MultiplyAdd(a0, b, s03);
            s13 = TSimd.MultiplyAdd(a1, b, s13);
            s23 = TSimd.MultiplyAdd(a2, b, s23);
            s33 = TSimd.MultiplyAdd(a3, b, s33);
            b = TSimd.Load(w4 + at);
            s04 = TSimd.MultiplyAdd(a0, b, s04);
            s14 = TSimd.MultiplyAdd(a1, b, s14);
            s24 = TSimd.MultiplyAdd(a2, b, s24);
            s34 = TSimd.MultiplyAdd(a3, b, s34);
            b = TSimd.Load(w5 + at);
            s05 = TSimd.MultiplyAdd(a0, b, s05);
            s15 = TSimd.MultiplyAdd(a1, b, s15);
            s25 = TSimd.MultiplyAdd(a2, b, s25);
            s35 = TSimd.MultiplyAdd(a3, b, s35);
        }
        TSimd.Store(s00, sums);
        TSimd.Store(s01, sums + TSimd.Width);
        TSimd.Store(s02, sums + 2 * TSimd.Width);
        TSimd.Store(s03, sums + 3 * TSimd.Width);
        TSimd.Store(s04, sums + 4 * TSimd.Width);
        TSimd.Store(s05, sums + 5 * TSimd.Width);
        TSimd.Store(s10, sums + 6 * TSimd.Width);
        TSimd.Store(s11, sums + 7 * TSimd.Width);
        TSimd.Store(s12, sums + 8 * TSimd.Width);
        TSimd.Store(s13, sums + 9 * TSimd.Width);
        TSimd.Store(s14, sums + 10 * TSimd.Width);
        TSimd.Store(s15, sums + 11 * TSimd.Width);
        TSimd.Store(s20, sums + 12 * TSimd.Width);
        TSimd.Store(s21, sums + 13 * TSimd.Width);
        TSimd.Store(s22, sums + 14 * TSimd.Width);
        TSimd.Store(s23, sums + 15 * TSimd.Width);
        TSimd.Store(s24, sums + 16 * TSimd.Width);
        TSimd.Store(s25, sums + 17 * TSimd.Width);
        TSimd.Store(s30, sums + 18 * TSimd.Width);
        TSimd.Store(s31, sums + 19 * TSimd.Width);
        TSimd.Store(s32, sums + 20 * TSimd.Width);
        TSimd.Store(s33, sums + 21 * TSimd.Width);
        TSimd.Store(s34, sums + 22 * TSimd.Width);
        TSimd.Store(s35, sums + 23 * TSimd.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1(float* x, float* w, nint wStride, int k, float* sums)
    {
        float* w1 = w + wStride, w2 = w + 2 * wStride, w3 = w + 3 * wStride, w4 = w + 4 * wStride, w5 = w + 5 * wStride;
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero, s02 = TSimd.Zero, s03 = TSimd.Zero, s04 = TSimd.Zero, s05 = TSimd.Zero;
        for (nint at = 0; at < k; at += TSimd.Width, x += TSimd.Width)
        {
            TVector a0 = TSimd.Load(x);
            var b = TSimd.Load(w + at);
            s00 = TSimd.MultiplyAdd(a0, b, s00);
            b = TSimd.Load(w1 + at);
            s01 = TSimd.MultiplyAdd(a0, b, s01);
            b = TSimd.Load(w2 + at);
            s02 = TSimd.MultiplyAdd(a0, b, s02);
            b = TSimd.Load(w3 + at);
            s03 = TSimd.MultiplyAdd(a0, b, s03);
            b = TSimd.Load(w4 + at);
            s04 = TSimd.MultiplyAdd(a0, b, s04);
            b = TSimd.Load(w5 + at);
            s05 = TSimd.MultiplyAdd(a0, b, s05);
        }
        TSimd.Store(s00, sums);
        TSimd.Store(s01, sums + TSimd.Width);
        TSimd.Store(s02, sums + 2 * TSimd.Width);
        TSimd.Store(s03, sums + 3 * TSimd.Width);
        TSimd.Store(s04, sums + 4 * TSimd.Width);
        TSimd.Store(s05, sums + 5 * TSimd.Width);
    }
}
