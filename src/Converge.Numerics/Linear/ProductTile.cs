using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>
/// Tiles of float32 in vectors: every element is one chain of fused multiply-adds in ascending step, so it depends on no tile, vector width or neighbour.
/// </summary>
/// <typeparam name="TVector">The hardware vector.</typeparam>
/// <typeparam name="TSimd">Its operations.</typeparam>
internal readonly unsafe partial struct ProductTile<TVector, TSimd> : IProductTile
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int Group = TileLayouts.Group;

    /// <inheritdoc/>
    public static int RowsOf(int vectors) => (TSimd.Width == 8, vectors) switch
    {
        (_, 1) => 12,
        (false, 2) => 12,
        (false, 3) => 8,
        (false, _) => 6,
        (true, 2) => 6,
        _ => 4,
    };

    /// <inheritdoc/>
    public static void Run<TLayout>(int vectors, float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        if (vectors == 1) Tile12x1<TLayout>(a, stride, b, steps, c, cRow, add, ahead);
        else if (TSimd.Width == 8)
        {
            if (vectors == 2) Tile6x2<TLayout>(a, stride, b, steps, c, cRow, add, ahead);
            else Tile4x3<TLayout>(a, stride, b, steps, c, cRow, add, ahead);
        }
        else if (vectors == 2) Tile12x2<TLayout>(a, stride, b, steps, c, cRow, add, ahead);
        else if (vectors == 3) Tile8x3<TLayout>(a, stride, b, steps, c, cRow, add, ahead);
        else Tile6x4<TLayout>(a, stride, b, steps, c, cRow, add, ahead);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(TVector sum, float* target, bool add) => TSimd.Store(add ? TSimd.Add(TSimd.Load(target), sum) : sum, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(TVector first, TVector second, float* target, bool add)
    {
        Keep(first, target, add);
        Keep(second, target + TSimd.Width, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(TVector first, TVector second, TVector third, float* target, bool add)
    {
        Keep(first, second, target, add);
        Keep(third, target + 2 * TSimd.Width, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(TVector first, TVector second, TVector third, TVector fourth, float* target, bool add)
    {
        Keep(first, second, third, target, add);
        Keep(fourth, target + 3 * TSimd.Width, add);
    }

    // Rows of a packed operand lie at constant distances from the first; others are reached from every third row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Scalar<TLayout>(float* a, float* third, int index, int beyond, nint row, nint step) where TLayout : struct, ITileLayout =>
        TLayout.IsPacked ? a[index * row + step] : (third + beyond * row)[step];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(float scalar, TVector b0, ref TVector s0)
    {
        s0 = TSimd.MultiplyAdd(TSimd.Broadcast(scalar), b0, s0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(float scalar, TVector b0, TVector b1, ref TVector s0, ref TVector s1)
    {
        var x = TSimd.Broadcast(scalar);
        s0 = TSimd.MultiplyAdd(x, b0, s0);
        s1 = TSimd.MultiplyAdd(x, b1, s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(float scalar, TVector b0, TVector b1, TVector b2, ref TVector s0, ref TVector s1, ref TVector s2)
    {
        var x = TSimd.Broadcast(scalar);
        s0 = TSimd.MultiplyAdd(x, b0, s0);
        s1 = TSimd.MultiplyAdd(x, b1, s1);
        s2 = TSimd.MultiplyAdd(x, b2, s2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Multiply(float scalar, TVector b0, TVector b1, TVector b2, TVector b3, ref TVector s0, ref TVector s1, ref TVector s2, ref TVector s3)
    {
        var x = TSimd.Broadcast(scalar);
        s0 = TSimd.MultiplyAdd(x, b0, s0);
        s1 = TSimd.MultiplyAdd(x, b1, s1);
        s2 = TSimd.MultiplyAdd(x, b2, s2);
        s3 = TSimd.MultiplyAdd(x, b3, s3);
    }

    // The accumulators are named one by one because the compiler keeps no array of them in registers. Steps that are inlined with references to them leave them there, as
    // long as the compiler inlines all: one more call in a step was too much, and every product took three times as long.

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12x1<TLayout>(float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        TVector s0a = TSimd.Zero, s1a = TSimd.Zero, s2a = TSimd.Zero, s3a = TSimd.Zero, s4a = TSimd.Zero, s5a = TSimd.Zero, s6a = TSimd.Zero, s7a = TSimd.Zero;
        TVector s8a = TSimd.Zero, s9a = TSimd.Zero, s10a = TSimd.Zero, s11a = TSimd.Zero;
        nint row = TLayout.Row(stride), line = TLayout.Line(stride), near = (nint)(a + TLayout.Advance), next = ahead.First;
        float* a3 = a + 3 * row, a6 = a + 6 * row, a9 = a + 9 * row;
        for (; steps >= Group; steps -= Group)
        {
            for (int step = 0; step < Group; step += 4)
            {
                Step12x1<TLayout>(a, a3, a6, a9, row, 0, b, ref s0a, ref s1a, ref s2a, ref s3a, ref s4a, ref s5a, ref s6a, ref s7a, ref s8a, ref s9a, ref s10a, ref s11a);
                Step12x1<TLayout>(a, a3, a6, a9, row, TLayout.Step, b + 1 * TSimd.Width, ref s0a, ref s1a, ref s2a, ref s3a, ref s4a, ref s5a, ref s6a, ref s7a, ref s8a, ref s9a, ref s10a, ref s11a);
                Step12x1<TLayout>(a, a3, a6, a9, row, 2 * TLayout.Step, b + 2 * TSimd.Width, ref s0a, ref s1a, ref s2a, ref s3a, ref s4a, ref s5a, ref s6a, ref s7a, ref s8a, ref s9a, ref s10a, ref s11a);
                Step12x1<TLayout>(a, a3, a6, a9, row, 3 * TLayout.Step, b + 3 * TSimd.Width, ref s0a, ref s1a, ref s2a, ref s3a, ref s4a, ref s5a, ref s6a, ref s7a, ref s8a, ref s9a, ref s10a, ref s11a);
                Prefetch.ToFirstLevel(near);
                Prefetch.ToFirstLevel(near + line);
                Prefetch.ToFirstLevel(near + 2 * line);
                Prefetch.ToSecondLevel(next);
                Prefetch.ToSecondLevel(next + ahead.Row);
                Prefetch.ToSecondLevel(next + 2 * ahead.Row);
                near += 3 * line;
                next += 3 * ahead.Row;
                a += 4 * TLayout.Step;
                a3 += 4 * TLayout.Step;
                a6 += 4 * TLayout.Step;
                a9 += 4 * TLayout.Step;
                b += 4 * TSimd.Width;
            }
            near += TLayout.Advance * sizeof(float) - 12 * line;
            next += ahead.Group - 12 * ahead.Row;
            a += TLayout.Advance - Group * TLayout.Step;
            a3 += TLayout.Advance - Group * TLayout.Step;
            a6 += TLayout.Advance - Group * TLayout.Step;
            a9 += TLayout.Advance - Group * TLayout.Step;
        }
        for (nint step = 0; steps > 0; steps--, step += TLayout.Step, b += 1 * TSimd.Width) Step12x1<TLayout>(a, a3, a6, a9, row, step, b, ref s0a, ref s1a, ref s2a, ref s3a, ref s4a, ref s5a, ref s6a, ref s7a, ref s8a, ref s9a, ref s10a, ref s11a);
        Keep(s0a, c, add);
        Keep(s1a, c + cRow, add);
        Keep(s2a, c + 2 * cRow, add);
        Keep(s3a, c + 3 * cRow, add);
        Keep(s4a, c + 4 * cRow, add);
        Keep(s5a, c + 5 * cRow, add);
        Keep(s6a, c + 6 * cRow, add);
        Keep(s7a, c + 7 * cRow, add);
        Keep(s8a, c + 8 * cRow, add);
        Keep(s9a, c + 9 * cRow, add);
        Keep(s10a, c + 10 * cRow, add);
        Keep(s11a, c + 11 * cRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step12x1<TLayout>(float* a, float* a3, float* a6, float* a9, nint row, nint step, float* b, ref TVector s0a, ref TVector s1a, ref TVector s2a, ref TVector s3a, ref TVector s4a, ref TVector s5a, ref TVector s6a, ref TVector s7a, ref TVector s8a, ref TVector s9a, ref TVector s10a, ref TVector s11a) where TLayout : struct, ITileLayout
    {
        TVector b0 = TSimd.Load(b);
        Multiply(Scalar<TLayout>(a, a, 0, 0, row, step), b0, ref s0a);
        Multiply(Scalar<TLayout>(a, a, 1, 1, row, step), b0, ref s1a);
        Multiply(Scalar<TLayout>(a, a, 2, 2, row, step), b0, ref s2a);
        Multiply(Scalar<TLayout>(a, a3, 3, 0, row, step), b0, ref s3a);
        Multiply(Scalar<TLayout>(a, a3, 4, 1, row, step), b0, ref s4a);
        Multiply(Scalar<TLayout>(a, a3, 5, 2, row, step), b0, ref s5a);
        Multiply(Scalar<TLayout>(a, a6, 6, 0, row, step), b0, ref s6a);
        Multiply(Scalar<TLayout>(a, a6, 7, 1, row, step), b0, ref s7a);
        Multiply(Scalar<TLayout>(a, a6, 8, 2, row, step), b0, ref s8a);
        Multiply(Scalar<TLayout>(a, a9, 9, 0, row, step), b0, ref s9a);
        Multiply(Scalar<TLayout>(a, a9, 10, 1, row, step), b0, ref s10a);
        Multiply(Scalar<TLayout>(a, a9, 11, 2, row, step), b0, ref s11a);
    }
}
