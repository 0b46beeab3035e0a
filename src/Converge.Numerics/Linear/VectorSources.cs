namespace Converge.Numerics;

/// <summary>The vectors of a product, [steps, columns], which are copied panel by panel.</summary>
internal unsafe interface IVectorSource
{
    /// <summary>Copies <paramref name="count"/> steps of some columns: <paramref name="width"/> floats a step, a whole number of vectors, zeros where there are fewer columns.</summary>
    void Copy(int step, int count, int firstColumn, int columns, int width, float* target);

    /// <summary>Rows that a step is made of.</summary>
    static abstract int RowsPerStep { get; }

    /// <summary>The rows in memory.</summary>
    StridedBytes Memory { get; }
}

/// <summary>A weight as it lies: element (step, column) is w[step, column].</summary>
internal readonly unsafe struct WeightRows<TVector, TSimd>(WeightView w) : IVectorSource
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    public static int RowsPerStep => 1;

    public StridedBytes Memory => StridedBytes.Of(w);

    public void Copy(int step, int count, int firstColumn, int columns, int width, float* target)
    {
        if (w.Type == ElementType.F32)
        {
            FloatRows<TVector, TSimd>.Copy((float*)w.Row(step) + firstColumn, w.Columns, count, columns, width, target);
            return;
        }
        for (int i = 0; i < count; i++, target += width)
        {
            Widen.Row(w, step + i, firstColumn, columns, target);
            for (int j = columns; j < width; j++) target[j] = 0;
        }
    }
}

/// <summary>Activations as they lie: element (step, column) is x[step, column].</summary>
internal readonly unsafe struct MatrixRows<TVector, TSimd>(MatrixView<float> x) : IVectorSource
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    public static int RowsPerStep => 1;

    public StridedBytes Memory => new((nint)x.RowPointer(0), x.Stride * sizeof(float), sizeof(float));

    public void Copy(int step, int count, int firstColumn, int columns, int width, float* target) =>
        FloatRows<TVector, TSimd>.Copy(x.RowPointer(step) + firstColumn, x.Stride, count, columns, width, target);
}

/// <summary>Copies rows of float32 in vectors.</summary>
internal static unsafe class FloatRows<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    public static void Copy(float* source, nint stride, int count, int columns, int width, float* target)
    {
        if (columns == 3 * TSimd.Width)
        {
            for (int step = 0; step < count; step++, source += stride, target += 3 * TSimd.Width)
            {
                TSimd.Store(TSimd.Load(source), target);
                TSimd.Store(TSimd.Load(source + TSimd.Width), target + TSimd.Width);
                TSimd.Store(TSimd.Load(source + 2 * TSimd.Width), target + 2 * TSimd.Width);
            }
            return;
        }
        for (int step = 0; step < count; step++, source += stride, target += width)
        {
            int i = 0;
            for (; i + TSimd.Width <= columns; i += TSimd.Width) TSimd.Store(TSimd.Load(source + i), target + i);
            for (; i < columns; i++) target[i] = source[i];
            for (; i < width; i++) target[i] = 0;
        }
    }
}
