using System.Runtime.CompilerServices;

namespace Converge.Numerics;

// Tiles of 12 accumulators, for the 16 registers of AVX2.
internal readonly unsafe partial struct ProductTile<TVector, TSimd>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x2<TLayout>(float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        TVector s0a = TSimd.Zero, s0b = TSimd.Zero, s1a = TSimd.Zero, s1b = TSimd.Zero, s2a = TSimd.Zero, s2b = TSimd.Zero, s3a = TSimd.Zero, s3b = TSimd.Zero;
        TVector s4a = TSimd.Zero, s4b = TSimd.Zero, s5a = TSimd.Zero, s5b = TSimd.Zero;
        nint row = TLayout.Row(stride), line = TLayout.Line(stride), near = (nint)(a + TLayout.Advance), next = ahead.First;
        float* a3 = a + 3 * row;
        for (; steps >= Group; steps -= Group)
        {
            for (int step = 0; step < Group; step += 4)
            {
                Step6x2<TLayout>(a, a3, row, 0, b, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b);
                Step6x2<TLayout>(a, a3, row, TLayout.Step, b + 2 * TSimd.Width, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b);
                Step6x2<TLayout>(a, a3, row, 2 * TLayout.Step, b + 4 * TSimd.Width, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b);
                Step6x2<TLayout>(a, a3, row, 3 * TLayout.Step, b + 6 * TSimd.Width, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b);
                Prefetch.ToFirstLevel(near);
                Prefetch.ToFirstLevel(near + line);
                Prefetch.ToSecondLevel(next);
                Prefetch.ToSecondLevel(next + ahead.Row);
                near += 2 * line;
                next += 2 * ahead.Row;
                a += 4 * TLayout.Step;
                a3 += 4 * TLayout.Step;
                b += 8 * TSimd.Width;
            }
            near += TLayout.Advance * sizeof(float) - 8 * line;
            next += ahead.Group - 8 * ahead.Row;
            a += TLayout.Advance - Group * TLayout.Step;
            a3 += TLayout.Advance - Group * TLayout.Step;
        }
        for (nint step = 0; steps > 0; steps--, step += TLayout.Step, b += 2 * TSimd.Width) Step6x2<TLayout>(a, a3, row, step, b, ref s0a, ref s0b, ref s1a, ref s1b, ref s2a, ref s2b, ref s3a, ref s3b, ref s4a, ref s4b, ref s5a, ref s5b);
        Keep(s0a, s0b, c, add);
        Keep(s1a, s1b, c + cRow, add);
        Keep(s2a, s2b, c + 2 * cRow, add);
        Keep(s3a, s3b, c + 3 * cRow, add);
        Keep(s4a, s4b, c + 4 * cRow, add);
        Keep(s5a, s5b, c + 5 * cRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step6x2<TLayout>(float* a, float* a3, nint row, nint step, float* b, ref TVector s0a, ref TVector s0b, ref TVector s1a, ref TVector s1b, ref TVector s2a, ref TVector s2b, ref TVector s3a, ref TVector s3b, ref TVector s4a, ref TVector s4b, ref TVector s5a, ref TVector s5b) where TLayout : struct, ITileLayout
    {
        TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width);
        Multiply(Scalar<TLayout>(a, a, 0, 0, row, step), b0, b1, ref s0a, ref s0b);
        Multiply(Scalar<TLayout>(a, a, 1, 1, row, step), b0, b1, ref s1a, ref s1b);
        Multiply(Scalar<TLayout>(a, a, 2, 2, row, step), b0, b1, ref s2a, ref s2b);
        Multiply(Scalar<TLayout>(a, a3, 3, 0, row, step), b0, b1, ref s3a, ref s3b);
        Multiply(Scalar<TLayout>(a, a3, 4, 1, row, step), b0, b1, ref s4a, ref s4b);
        Multiply(Scalar<TLayout>(a, a3, 5, 2, row, step), b0, b1, ref s5a, ref s5b);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x3<TLayout>(float* a, nint stride, float* b, int steps, float* c, nint cRow, bool add, Ahead ahead) where TLayout : struct, ITileLayout
    {
        TVector s0a = TSimd.Zero, s0b = TSimd.Zero, s0c = TSimd.Zero, s1a = TSimd.Zero, s1b = TSimd.Zero, s1c = TSimd.Zero;
        TVector s2a = TSimd.Zero, s2b = TSimd.Zero, s2c = TSimd.Zero, s3a = TSimd.Zero, s3b = TSimd.Zero, s3c = TSimd.Zero;
        nint row = TLayout.Row(stride), line = TLayout.Line(stride), near = (nint)(a + TLayout.Advance), next = ahead.First;
        float* a3 = a + 3 * row;
        for (; steps >= Group; steps -= Group)
        {
            for (int step = 0; step < Group; step += 4)
            {
                Step4x3<TLayout>(a, a3, row, 0, b, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c);
                Step4x3<TLayout>(a, a3, row, TLayout.Step, b + 3 * TSimd.Width, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c);
                Step4x3<TLayout>(a, a3, row, 2 * TLayout.Step, b + 6 * TSimd.Width, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c);
                Step4x3<TLayout>(a, a3, row, 3 * TLayout.Step, b + 9 * TSimd.Width, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c);
                Prefetch.ToFirstLevel(near);
                Prefetch.ToSecondLevel(next);
                near += line;
                next += ahead.Row;
                a += 4 * TLayout.Step;
                a3 += 4 * TLayout.Step;
                b += 12 * TSimd.Width;
            }
            near += TLayout.Advance * sizeof(float) - 4 * line;
            next += ahead.Group - 4 * ahead.Row;
            a += TLayout.Advance - Group * TLayout.Step;
            a3 += TLayout.Advance - Group * TLayout.Step;
        }
        for (nint step = 0; steps > 0; steps--, step += TLayout.Step, b += 3 * TSimd.Width) Step4x3<TLayout>(a, a3, row, step, b, ref s0a, ref s0b, ref s0c, ref s1a, ref s1b, ref s1c, ref s2a, ref s2b, ref s2c, ref s3a, ref s3b, ref s3c);
        Keep(s0a, s0b, s0c, c, add);
        Keep(s1a, s1b, s1c, c + cRow, add);
        Keep(s2a, s2b, s2c, c + 2 * cRow, add);
        Keep(s3a, s3b, s3c, c + 3 * cRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step4x3<TLayout>(float* a, float* a3, nint row, nint step, float* b, ref TVector s0a, ref TVector s0b, ref TVector s0c, ref TVector s1a, ref TVector s1b, ref TVector s1c, ref TVector s2a, ref TVector s2b, ref TVector s2c, ref TVector s3a, ref TVector s3b, ref TVector s3c) where TLayout : struct, ITileLayout
    {
        TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Width), b2 = TSimd.Load(b + 2 * TSimd.Width);
        Multiply(Scalar<TLayout>(a, a, 0, 0, row, step), b0, b1, b2, ref s0a, ref s0b, ref s0c);
        Multiply(Scalar<TLayout>(a, a, 1, 1, row, step), b0, b1, b2, ref s1a, ref s1b, ref s1c);
        Multiply(Scalar<TLayout>(a, a, 2, 2, row, step), b0, b1, b2, ref s2a, ref s2b, ref s2c);
        Multiply(Scalar<TLayout>(a, a3, 3, 0, row, step), b0, b1, b2, ref s3a, ref s3b, ref s3c);
    }
}
