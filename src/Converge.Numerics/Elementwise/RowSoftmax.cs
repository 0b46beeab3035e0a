namespace Converge.Numerics;

/// <summary>The softmax of one row of scores, the greatest subtracted first.</summary>
internal static unsafe class RowSoftmax<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>row = softmax(scale * row) over the first <paramref name="count"/> elements. Lane l sums the elements l, l + width, ...</summary>
    public static void InPlace(float* row, int count, float scale)
    {
        float greatest = Greatest(row, count) * scale;
        var (factor, shift, sums) = (TSimd.Broadcast(scale), TSimd.Broadcast(-greatest), TSimd.Zero);
        int whole = count / TSimd.Width * TSimd.Width;
        for (int i = 0; i < whole; i += TSimd.Width)
        {
            var e = Exponential<TVector, TSimd>.Of(TSimd.MultiplyAdd(TSimd.Load(row + i), factor, shift));
            TSimd.Store(e, row + i);
            sums = TSimd.Add(sums, e);
        }
        if (whole < count)
        {
            var e = Exponential<TVector, TSimd>.Of(TSimd.MultiplyAdd(TSimd.LoadPartial(row + whole, count - whole), factor, shift));
            TSimd.StorePartial(e, row + whole, count - whole);
            sums = TSimd.Add(sums, TSimd.LoadPartial(row + whole, count - whole));
        }
        float inverse = 1 / TSimd.Sum(sums);
        for (int i = 0; i < whole; i += TSimd.Width) TSimd.Store(TSimd.Multiply(TSimd.Load(row + i), TSimd.Broadcast(inverse)), row + i);
        for (int i = whole; i < count; i++) row[i] *= inverse;
    }

    /// <summary>The greatest of the first <paramref name="count"/> elements; where one is NaN, possibly that of the others.</summary>
    public static float Greatest(float* row, int count)
    {
        float greatest = float.NegativeInfinity;
        int i = 0;
        if (count >= TSimd.Width)
        {
            // Four at once, so that one need not wait for the last.
            var (a, b, c, d) = (TSimd.Load(row), TSimd.Load(row), TSimd.Load(row), TSimd.Load(row));
            for (; i + 4 * TSimd.Width <= count; i += 4 * TSimd.Width)
            {
                a = TSimd.MaxNative(TSimd.Load(row + i), a);
                b = TSimd.MaxNative(TSimd.Load(row + i + TSimd.Width), b);
                c = TSimd.MaxNative(TSimd.Load(row + i + 2 * TSimd.Width), c);
                d = TSimd.MaxNative(TSimd.Load(row + i + 3 * TSimd.Width), d);
            }
            for (; i + TSimd.Width <= count; i += TSimd.Width) a = TSimd.MaxNative(TSimd.Load(row + i), a);
            greatest = TSimd.Greatest(TSimd.MaxNative(TSimd.MaxNative(a, b), TSimd.MaxNative(c, d)));
        }
        for (; i < count; i++) greatest = MathF.Max(greatest, row[i]);
        return greatest;
    }
}
