using System.Runtime.CompilerServices;

namespace Converge.Numerics;

// Tiles of 24 accumulators, where there are 32 registers of vectors.
internal readonly unsafe partial struct ProductTile<TVector, TSimd>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile8x3<TLayout>(float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        TVector s0a = TSimd.Zero, s0b = TSimd.Zero, s0c = TSimd.Zero, s1a = TSimd.Zero, s1b = TSimd.Zero, s1c = TSimd.Zero;
        TVector s2a = TSimd.Zero, s2b = TSimd.Zero, s2c = TSimd.Zero, s3a = TSimd.Zero, s3b = TSimd.Zero, s3c = TSimd.Zero;
        TVector s4a = TSimd.Zero, s4b = TSimd.Zero, s4c = TSimd.Zero, s5a = TSimd.Zero, s5b = TSimd.Zero, s5c = TSimd.Zero;
        TVector s6a = TSimd.Zero, s6b = TSimd.Zero, s6c = TSimd.Zero, s7a = TSimd.Zero, s7b = TSimd.Zero, s7c = TSimd.Zero;
        nint row = TLayout.Row(stride), line = TLayout.Line(stride), near = (nint)(a + TLayout.Advance), next = ahead.First;
        float* a3 = a + 3 * row, a6 = a + 6 * row;
        for (; steps >= Group; steps -= Group)
        {
            for (int step = 0; step < Group; step += 4)
            {
                Step8x3<TLayout>(a, a3, a6, row, 0, b, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c, ref s4a, ref s4b, ref s4c, ref s5a, ref s5b, ref s5c, ref s6a, ref s6b, ref s6c, ref s7a, ref s7b, ref s7c);
                Step8x3<TLayout>(a, a3, a6, row, TLayout.Step, b + 3 * TSimd.Width, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c, ref s4a, ref s4b, ref s4c, ref s5a, ref s5b, ref s5c, ref s6a, ref s6b, ref s6c, ref s7a, ref s7b, ref s7c);
                Step8x3<TLayout>(a, a3, a6, row, 2 * TLayout.Step, b + 6 * TSimd.Width, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c, ref s4a, ref s4b, ref s4c, ref s5a, ref s5b, ref s5c, ref s6a, ref s6b, ref s6c, ref s7a, ref s7b, ref s7c);
                Step8x3<TLayout>(a, a3, a6, row, 3 * TLayout.Step, b + 9 * TSimd.Width, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c, ref s4a, ref s4b, ref s4c, ref s5a, ref s5b, ref s5c, ref s6a, ref s6b, ref s6c, ref s7a, ref s7b, ref s7c);
                Prefetch.ToFirstLevel(near);
                Prefetch.ToFirstLevel(near + line);
                Prefetch.ToSecondLevel(next);
                near += 2 * line;
                next += 2 * ahead.Row;
                a += 4 * TLayout.Step;
                a3 += 4 * TLayout.Step;
                a6 += 4 * TLayout.Step;
                b += 12 * TSimd.Width;
            }
            near += TLayout.Advance * sizeof(float) - 8 * line;
            next += ahead.Group - 8 * ahead.Row;
            a += TLayout.Advance - Group * TLayout.Step;
            a3 += TLayout.Advance - Group * TLayout.Step;
            a6 += TLayout.Advance - Group * TLayout.Step;
        }
        for (nint step = 0; steps > 0; steps--, step += TLayout.Step, b += 3 * TSimd.Width) Step8x3<TLayout>(a, a3, a6, row, step, b, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c, ref s4a, ref s4b, ref s4c, ref s5a, ref s5b, ref s5c, ref s6a, ref s6b, ref s6c, ref s7a, ref s7b, ref s7c);
        Keep(s0a, s0b, s0c, c, add);
        Keep(s1a, s1b, s1c, c + cRow, add);
        Keep(s2a, s2b, s2c, c + 2 * cRow, add);
        Keep(s3a, s3b, s3c, c + 3 * cRow, add);
        Keep(s4a, s4b, s4c, c + 4 * cRow, add);
        Keep(s5a, s5b, s5c, c + 5 * cRow, add);
        Keep(s6a, s6b, s6c, c + 6 * cRow, add);
        Keep(s7a, s7b, s7c, c + 7 * cRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step8x3<TLayout>(float* a, float* a3, float* a6, nint row, nint step, float* b, ref TVector s0a, ref TVector s0b, ref TVector s0c, ref TVector s1a, ref TVector s1b, ref TVector s1c, ref TVector s2a, ref TVector s2b, ref TVector s2c, ref TVector s3a, ref TVector s3b, ref TVector s3c, ref TVector s4a, ref TVector s4b, ref TVector s4c, ref TVector s5a, ref TVector s5b, ref TVector s5c, ref TVector s6a, ref TVector s6b, ref TVector s6c, ref TVector s7a, ref TVector s7b, ref TVector s7c) where TLayout : struct, ITileLayout
    {
        TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), b2 = TSimd.Load(b + 2 * TSimd.Width);
        Multiply(Scalar<TLayout>(a, a, 0, 0, row, step), b0, b1, b2, ref s0a, ref s0b, ref s0c);
        Multiply(Scalar<TLayout>(a, a, 1, 1, row, step), b0, b1, b2, ref s1a, ref s1b, ref s1c);
        Multiply(Scalar<TLayout>(a, a, 2, 2, row, step), b0, b1, b2, ref s2a, ref s2b, ref s2c);
        Multiply(Scalar<TLayout>(a, a3, 3, 0, row, step), b0, b1, b2, ref s3a, ref s3b, ref s3c);
        Multiply(Scalar<TLayout>(a, a3, 4, 1, row, step), b0, b1, b2, ref s4a, ref s4b, ref s4c);
        Multiply(Scalar<TLayout>(a, a3, 5, 2, row, step), b0, b1, b2, ref s5a, ref s5b, ref s5c);
        Multiply(Scalar<TLayout>(a, a6, 6, 0, row, step), b0, b1, b2, ref s6a, ref s6b, ref s6c);
        Multiply(Scalar<TLayout>(a, a6, 7, 1, row, step), b0, b1, b2, ref s7a, ref s7b, ref s7c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x4<TLayout>(float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        TVector s0a = TSimd.Zero, s0b = TSimd.Zero, s0c = TSimd.Zero, s0d = TSimd.Zero, s1a = TSimd.Zero, s1b = TSimd.Zero, s1c = TSimd.Zero, s1d = TSimd.Zero;
        TVector s2a = TSimd.Zero, s2b = TSimd.Zero, s2c = TSimd.Zero, s2d = TSimd.Zero, s3a = TSimd.Zero, s3b = TSimd.Zero, s3c = TSimd.Zero, s3d = TSimd.Zero;
        TVector s4a = TSimd.Zero, s4b = TSimd.Zero, s4c = TSimd.Zero, s4d = TSimd.Zero, s5a = TSimd.Zero, s5b = TSimd.Zero, s5c = TSimd.Zero, s5d = TSimd.Zero;
        nint row = TLayout.Row(stride), line = TLayout.Line(stride), near = (nint)(a + TLayout.Advance), next = ahead.First;
        float* a3 = a + 3 * row;
        for (; steps >= Group; steps -= Group)
        {
            for (int step = 0; step < Group; step += 4)
            {
                Step6x4<TLayout>(a, a3, row, 0, b, ref s0a, ref s0b, ref s0c, ref s0d, ref s1a, ref s1b, ref s1c, ref s1d, ref s2a, ref s2b, ref s2c, ref s2d, ref s3a, ref s3b, ref s3c, ref s3d, ref s4a, ref s4b, ref s4c, ref s4d, ref s5a, ref s5b, ref s5c, ref s5d);
                Step6x4<TLayout>(a, a3, row, TLayout.Step, b + 4 * TSimd.Width, ref s0a, ref s0b, ref s0c, ref s0d, ref s1a, ref s1b, ref s1c, ref s1d, ref s2a, ref s2b, ref s2c, ref s2d, ref s3a, ref s3b, ref s3c, ref s3d, ref s4a, ref s4b, ref s4c, ref s4d, ref s5a, ref s5b, ref s5c, ref s5d);
                Step6x4<TLayout>(a, a3, row, 2 * TLayout.Step, b + 8 * TSimd.Width, ref s0a, ref s0b, ref s0c, ref s0d, ref s1a, ref s1b, ref s1c, ref s1d, ref s2a, ref s2b, ref s2c, ref s2d, ref s3a, ref s3b, ref s3c, ref s3d, ref s4a, ref s4b, ref s4c, ref s4d, ref s5a, ref s5b, ref s5c, ref s5d);
                Step6x4<TLayout>(a, a3, row, 3 * TLayout.Step, b + 12 * TSimd.Width, ref s0a, ref s0b, ref s0c, ref s0d, ref s1a, ref s1b, ref s1c, ref s1d, ref s2a, ref s2b, ref s2c, ref s2d, ref s3a, ref s3b, ref s3c, ref s3d, ref s4a, ref s4b, ref s4c, ref s4d, ref s5a, ref s5b, ref s5c, ref s5d);
                Prefetch.ToFirstLevel(near);
                Prefetch.ToFirstLevel(near + line);
                Prefetch.ToSecondLevel(next);
                near += 2 * line;
                next += 2 * ahead.Row;
                a += 4 * TLayout.Step;
                a3 += 4 * TLayout.Step;
                b += 16 * TSimd.Width;
            }
            near += TLayout.Advance * sizeof(float) - 8 * line;
            next += ahead.Group - 8 * ahead.Row;
            a += TLayout.Advance - Group * TLayout.Step;
            a3 += TLayout.Advance - Group * TLayout.Step;
        }
        for (nint step = 0; steps > 0; steps--, step += TLayout.Step, b += 4 * TSimd.Width) Step6x4<TLayout>(a, a3, row, step, b, ref s0a, ref s0b, ref s0c, ref s0d, ref s1a, ref s1b, ref s1c, ref s1d, ref s2a, ref s2b, ref s2c, ref s2d, ref s3a, ref s3b, ref s3c, ref s3d, ref s4a, ref s4b, ref s4c, ref s4d, ref s5a, ref s5b, ref s5c, ref s5d);
        Keep(s0a, s0b, s0c, s0d, c, add);
        Keep(s1a, s1b, s1c, s1d, c + cRow, add);
        Keep(s2a, s2b, s2c, s2d, c + 2 * cRow, add);
        Keep(s3a, s3b, s3c, s3d, c + 3 * cRow, add);
        Keep(s4a, s4b, s4c, s4d, c + 4 * cRow, add);
        Keep(s5a, s5b, s5c, s5d, c + 5 * cRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step6x4<TLayout>(float* a, float* a3, nint row, nint step, float* b, ref TVector s0a, ref TVector s0b, ref TVector s0c, ref TVector s0d, ref TVector s1a, ref TVector s1b, ref TVector s1c, ref TVector s1d, ref TVector s2a, ref TVector s2b, ref TVector s2c, ref TVector s2d, ref TVector s3a, ref TVector s3b, ref TVector s3c, ref TVector s3d, ref TVector s4a, ref TVector s4b, ref TVector s4c, ref TVector s4d, ref TVector s5a, ref TVector s5b, ref TVector s5c, ref TVector s5d) where TLayout : struct, ITileLayout
    {
        TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), b2 = TSimd.Load(b + 2 * TSimd.Width), b3 = TSimd.Load(b + 3 * TSimd.Width);
        Multiply(Scalar<TLayout>(a, a, 0, 0, row, step), b0, b1, b2, b3, ref s0a, ref s0b, ref s0c, ref s0d);
        Multiply(Scalar<TLayout>(a, a, 1, 1, row, step), b0, b1, b2, b3, ref s1a, ref s1b, ref s1c, ref s1d);
        Multiply(Scalar<TLayout>(a, a, 2, 2, row, step), b0, b1, b2, b3, ref s2a, ref s2b, ref s2c, ref s2d);
        Multiply(Scalar<TLayout>(a, a3, 3, 0, row, step), b0, b1, b2, b3, ref s3a, ref s3b, ref s3c, ref s3d);
        Multiply(Scalar<TLayout>(a, a3, 4, 1, row, step), b0, b1, b2, b3, ref s4a, ref s4b, ref s4c, ref s4d);
        Multiply(Scalar<TLayout>(a, a3, 5, 2, row, step), b0, b1, b2, b3, ref s5a, ref s5b, ref s5c, ref s5d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12x2<TLayout>(float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        TVector s0a = TSimd.Zero, s0b = TSimd.Zero, s1a = TSimd.Zero, s1b = TSimd.Zero, s2a = TSimd.Zero, s2b = TSimd.Zero, s3a = TSimd.Zero, s3b = TSimd.Zero;
        TVector s4a = TSimd.Zero, s4b = TSimd.Zero, s5a = TSimd.Zero, s5b = TSimd.Zero, s6a = TSimd.Zero, s6b = TSimd.Zero, s7a = TSimd.Zero, s7b = TSimd.Zero;
        TVector s8a = TSimd.Zero, s8b = TSimd.Zero, s9a = TSimd.Zero, s9b = TSimd.Zero, s10a = TSimd.Zero, s10b = TSimd.Zero, s11a = TSimd.Zero, s11b = TSimd.Zero;
        nint row = TLayout.Row(stride), line = TLayout.Line(stride), near = (nint)(a + TLayout.Advance), next = ahead.First;
        float* a3 = a + 3 * row, a6 = a + 6 * row, a9 = a + 9 * row;
        for (; steps >= Group; steps -= Group)
        {
            for (int step = 0; step < Group; step += 4)
            {
                Step12x2<TLayout>(a, a3, a6, a9, row, 0, b, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b, ref s6a, ref s6b, ref s7a, ref s7b, ref s8a, ref s8b, ref s9a, ref s9b, ref s10a, ref s10b, ref s11a, ref s11b);
                Step12x2<TLayout>(a, a3, a6, a9, row, TLayout.Step, b + 2 * TSimd.Width, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b, ref s6a, ref s6b, ref s7a, ref s7b, ref s8a, ref s8b, ref s9a, ref s9b, ref s10a, ref s10b, ref s11a, ref s11b);
                Step12x2<TLayout>(a, a3, a6, a9, row, 2 * TLayout.Step, b + 4 * TSimd.Width, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b, ref s6a, ref s6b, ref s7a, ref s7b, ref s8a, ref s8b, ref s9a, ref s9b, ref s10a, ref s10b, ref s11a, ref s11b);
                Step12x2<TLayout>(a, a3, a6, a9, row, 3 * TLayout.Step, b + 6 * TSimd.Width, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b, ref s6a, ref s6b, ref s7a, ref s7b, ref s8a, ref s8b, ref s9a, ref s9b, ref s10a, ref s10b, ref s11a, ref s11b);
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
                b += 8 * TSimd.Width;
            }
            near += TLayout.Advance * sizeof(float) - 12 * line;
            next += ahead.Group - 12 * ahead.Row;
            a += TLayout.Advance - Group * TLayout.Step;
            a3 += TLayout.Advance - Group * TLayout.Step;
            a6 += TLayout.Advance - Group * TLayout.Step;
            a9 += TLayout.Advance - Group * TLayout.Step;
        }
        for (nint step = 0; steps > 0; steps--, step += TLayout.Step, b += 2 * TSimd.Width) Step12x2<TLayout>(a, a3, a6, a9, row, step, b, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b, ref s6a, ref s6b, ref s7a, ref s7b, ref s8a, ref s8b, ref s9a, ref s9b, ref s10a, ref s10b, ref s11a, ref s11b);
        Keep(s0a, s0b, c, add);
        Keep(s1a, s1b, c + cRow, add);
        Keep(s2a, s2b, c + 2 * cRow, add);
        Keep(s3a, s3b, c + 3 * cRow, add);
        Keep(s4a, s4b, c + 4 * cRow, add);
        Keep(s5a, s5b, c + 5 * cRow, add);
        Keep(s6a, s6b, c + 6 * cRow, add);
        Keep(s7a, s7b, c + 7 * cRow, add);
        Keep(s8a, s8b, c + 8 * cRow, add);
        Keep(s9a, s9b, c + 9 * cRow, add);
        Keep(s10a, s10b, c + 10 * cRow, add);
        Keep(s11a, s11b, c + 11 * cRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step12x2<TLayout>(float* a, float* a3, float* a6, float* a9, nint row, nint step, float* b, ref TVector s0a, ref TVector s0b, ref TVector s1a, ref TVector s1b, ref TVector s2a, ref TVector s2b, ref TVector s3a, ref TVector s3b, ref TVector s4a, ref TVector s4b, ref TVector s5a, ref TVector s5b, ref TVector s6a, ref TVector s6b, ref TVector s7a, ref TVector s7b, ref TVector s8a, ref TVector s8b, ref TVector s9a, ref TVector s9b, ref TVector s10a, ref TVector s10b, ref TVector s11a, ref TVector s11b) where TLayout : struct, ITileLayout
    {
        TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width);
        Multiply(Scalar<TLayout>(a, a, 0, 0, row, step), b0, b1, ref s0a, ref s0b);
        Multiply(Scalar<TLayout>(a, a, 1, 1, row, step), b0, b1, ref s1a, ref s1b);
        Multiply(Scalar<TLayout>(a, a, 2, 2, row, step), b0, b1, ref s2a, ref s2b);
        Multiply(Scalar<TLayout>(a, a3, 3, 0, row, step), b0, b1, ref s3a, ref s3b);
        Multiply(Scalar<TLayout>(a, a3, 4, 1, row, step), b0, b1, ref s4a, ref s4b);
        Multiply(Scalar<TLayout>(a, a3, 5, 2, row, step), b0, b1, ref s5a, ref s5b);
        Multiply(Scalar<TLayout>(a, a6, 6, 0, row, step), b0, b1, ref s6a, ref s6b);
        Multiply(Scalar<TLayout>(a, a6, 7, 1, row, step), b0, b1, ref s7a, ref s7b);
        Multiply(Scalar<TLayout>(a, a6, 8, 2, row, step), b0, b1, ref s8a, ref s8b);
        Multiply(Scalar<TLayout>(a, a9, 9, 0, row, step), b0, b1, ref s9a, ref s9b);
        Multiply(Scalar<TLayout>(a, a9, 10, 1, row, step), b0, b1, ref s10a, ref s10b);
        Multiply(Scalar<TLayout>(a, a9, 11, 2, row, step), b0, b1, ref s11a, ref s11b);
    }
}
