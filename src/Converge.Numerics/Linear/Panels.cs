namespace Converge.Numerics;

/// <summary>The right operand of a product, [steps, columns], panel by panel.</summary>
internal unsafe interface IPanelSource
{
    /// <summary>Packs <paramref name="count"/> steps of some columns: <paramref name="width"/> floats a step, zeros where there are fewer columns.</summary>
    void Pack(int firstColumn, int columns, int width, int firstStep, int count, float* panel);
}

/// <summary>A weight as it lies: element (step, column) is w[step, column].</summary>
internal readonly unsafe struct WeightRows<TVector, TSimd>(WeightView w) : IPanelSource
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    public void Pack(int firstColumn, int columns, int width, int firstStep, int count, float* panel)
    {
        if (w.Type == ElementType.F32)
        {
            PanelRows<TVector, TSimd>.Copy((float*)w.Row(firstStep) + firstColumn, w.Columns, columns, width, count, panel);
            return;
        }
        for (int step = 0; step < count; step++, panel += width)
        {
            Widen.Row(w, firstStep + step, firstColumn, columns, panel);
            for (int i = columns; i < width; i++) panel[i] = 0;
        }
    }
}

/// <summary>Activations as they lie: element (step, column) is x[step, column].</summary>
internal readonly unsafe struct MatrixRows<TVector, TSimd>(MatrixView<float> x) : IPanelSource
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    public void Pack(int firstColumn, int columns, int width, int firstStep, int count, float* panel) =>
        PanelRows<TVector, TSimd>.Copy(x.RowPointer(firstStep) + firstColumn, x.Stride, columns, width, count, panel);
}

/// <summary>Copies rows of float32 into a panel.</summary>
internal static unsafe class PanelRows<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    public static void Copy(float* source, nint stride, int columns, int width, int count, float* panel)
    {
        if (columns == 2 * TSimd.Width)
        {
            for (int step = 0; step < count; step++, source += stride, panel += width)
            {
                TSimd.Store(TSimd.Load(source), panel);
                TSimd.Store(TSimd.Load(source + TSimd.Width), panel + TSimd.Width);
            }
            return;
        }
        for (int step = 0; step < count; step++, source += stride, panel += width)
            for (int i = 0; i < width; i++) panel[i] = i < columns ? source[i] : 0;
    }
}

/// <summary>A weight turned over: element (step, column) is w[column, step].</summary>
internal readonly unsafe struct WeightColumns<TVector, TSimd>(WeightView w) : IPanelSource
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    public void Pack(int firstColumn, int columns, int width, int firstStep, int count, float* panel)
    {
        int side = TSimd.Width;
        // A square goes by way of a copy: a power of two between the weight's rows would throw their lines out of the cache before it is turned over.
        float* square = stackalloc float[side * side];
        for (int column = 0; column < width; column += side)
        {
            int present = Math.Clamp(columns - column, 0, side);
            for (int step = 0; step < count; step += side)
            {
                int steps = Math.Min(side, count - step);
                float* target = panel + step * width + column;
                Gather(firstColumn + column, present, firstStep + step, steps, square);
                if (steps == side) TSimd.Transpose(square, side, target, width);
                else
                {
                    for (int s = 0; s < steps; s++)
                        for (int i = 0; i < side; i++) target[s * width + i] = square[i * side + s];
                }
            }
        }
    }

    private void Gather(int firstRow, int rows, int first, int count, float* square)
    {
        int side = TSimd.Width;
        if (rows == side && count == side && w.Type == ElementType.F32)
        {
            float* source = (float*)w.Row(firstRow) + first;
            for (int i = 0; i < side; i++) TSimd.Store(TSimd.Load(source + (nint)i * w.Columns), square + i * side);
            return;
        }
        if (rows < side || count < side) new Span<float>(square, side * side).Clear();
        for (int i = 0; i < rows; i++) Widen.Row(w, firstRow + i, first, count, square + i * side);
    }
}
