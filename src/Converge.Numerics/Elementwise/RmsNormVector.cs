namespace Converge.Numerics;

/// <summary>The vector path of <see cref="RmsNorm"/>: rows of n elements.</summary>
internal static unsafe class RmsNormVector<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    /// <summary>The number of columns of the weight's gradient that are summed together, in registers.</summary>
    public static int ColumnsAtATime => 4 * TSimd.Width;

    public static void Forward(float* x, float* w, double epsilon, float* y, int n)
    {
        var (even, odd) = (TSimd.Zero, TSimd.Zero);
        int i = 0;
        for (; i + 2 * TSimd.Width <= n; i += 2 * TSimd.Width)
        {
            var (a, b) = (TSimd.Load(x + i), TSimd.Load(x + i + TSimd.Width));
            (even, odd) = (TSimd.MultiplyAdd(a, a, even), TSimd.MultiplyAdd(b, b, odd));
        }
        for (; i < n; i += TSimd.Width)
        {
            var a = Load(x + i, n - i);
            even = TSimd.MultiplyAdd(a, a, even);
        }
        var factor = TSimd.Broadcast(InverseRms(even, odd, n, epsilon));

        for (i = 0; i + TSimd.Width <= n; i += TSimd.Width) TSimd.Store(TSimd.Multiply(TSimd.Load(w + i), TSimd.Multiply(TSimd.Load(x + i), factor)), y + i);
        if (i < n) TSimd.StorePartial(TSimd.Multiply(TSimd.LoadPartial(w + i, n - i), TSimd.Multiply(TSimd.LoadPartial(x + i, n - i), factor)), y + i, n - i);
    }

    /// <summary>Adds to dx and returns the inverse root mean square.</summary>
    public static float Backward(float* x, float* w, double epsilon, float* dy, float* dx, int n)
    {
        // In the order of Forward, so that the row is scaled by the same number.
        var (even, odd, evenProduct, oddProduct) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
        int i = 0;
        for (; i + 2 * TSimd.Width <= n; i += 2 * TSimd.Width)
        {
            var (a, b) = (TSimd.Load(x + i), TSimd.Load(x + i + TSimd.Width));
            (even, odd) = (TSimd.MultiplyAdd(a, a, even), TSimd.MultiplyAdd(b, b, odd));
            evenProduct = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(w + i), TSimd.Load(dy + i)), a, evenProduct);
            oddProduct = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(w + i + TSimd.Width), TSimd.Load(dy + i + TSimd.Width)), b, oddProduct);
        }
        for (; i < n; i += TSimd.Width)
        {
            var a = Load(x + i, n - i);
            even = TSimd.MultiplyAdd(a, a, even);
            evenProduct = TSimd.MultiplyAdd(TSimd.Multiply(Load(w + i, n - i), Load(dy + i, n - i)), a, evenProduct);
        }
        float inverse = InverseRms(even, odd, n, epsilon);
        float pull = TSimd.Sum(TSimd.Add(evenProduct, oddProduct)) * inverse * inverse * inverse / n;

        var (factor, back) = (TSimd.Broadcast(inverse), TSimd.Broadcast(-pull));
        for (i = 0; i + TSimd.Width <= n; i += TSimd.Width)
        {
            var direct = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(w + i), TSimd.Load(dy + i)), factor, TSimd.Load(dx + i));
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Load(x + i), back, direct), dx + i);
        }
        if (i < n)
        {
            var direct = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.LoadPartial(w + i, n - i), TSimd.LoadPartial(dy + i, n - i)), factor, TSimd.LoadPartial(dx + i, n - i));
            TSimd.StorePartial(TSimd.MultiplyAdd(TSimd.LoadPartial(x + i, n - i), back, direct), dx + i, n - i);
        }
        return inverse;
    }

    /// <summary>dw += the sum over rows, in ascending order, of dy * x * factor, for the columns from <paramref name="column"/> on, at most <see cref="ColumnsAtATime"/>.</summary>
    public static void AddWeightGradient(MatrixView<float> x, MatrixView<float> dy, float* factors, float* dw, int column)
    {
        int width = x.Columns - column;
        if (width >= ColumnsAtATime)
        {
            float* target = dw + column;
            var (a, b, c, d) = (TSimd.Load(target), TSimd.Load(target + TSimd.Width), TSimd.Load(target + 2 * TSimd.Width), TSimd.Load(target + 3 * TSimd.Width));
            for (int row = 0; row < x.Rows; row++)
            {
                float* source = x.RowPointer(row) + column;
                float* upper = dy.RowPointer(row) + column;
                var factor = TSimd.Broadcast(factors[row]);
                a = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(upper), TSimd.Load(source)), factor, a);
                b = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(upper + TSimd.Width), TSimd.Load(source + TSimd.Width)), factor, b);
                c = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(upper + 2 * TSimd.Width), TSimd.Load(source + 2 * TSimd.Width)), factor, c);
                d = TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Load(upper + 3 * TSimd.Width), TSimd.Load(source + 3 * TSimd.Width)), factor, d);
            }
            TSimd.Store(a, target);
            TSimd.Store(b, target + TSimd.Width);
            TSimd.Store(c, target + 2 * TSimd.Width);
            TSimd.Store(d, target + 3 * TSimd.Width);
            return;
        }
        for (; column < x.Columns; column += TSimd.Width)
        {
            width = Math.Min(TSimd.Width, x.Columns - column);
            var sum = Load(dw + column, width);
            for (int row = 0; row < x.Rows; row++)
                sum = TSimd.MultiplyAdd(TSimd.Multiply(Load(dy.RowPointer(row) + column, width), Load(x.RowPointer(row) + column, width)), TSimd.Broadcast(factors[row]), sum);
            if (width == TSimd.Width) TSimd.Store(sum, dw + column);
            else TSimd.StorePartial(sum, dw + column, width);
        }
    }

    private static float InverseRms(TVector even, TVector odd, int n, double epsilon) => 1 / MathF.Sqrt(TSimd.Sum(TSimd.Add(even, odd)) / n + (float)epsilon);

    private static TVector Load(float* source, int count) => count >= TSimd.Width ? TSimd.Load(source) : TSimd.LoadPartial(source, count);
}
