namespace Converge.Numerics;

/// <summary>Rows whose elements are scalars of a product: weights [rows, in], read where they lie or copied to lines.</summary>
internal unsafe interface IScalarSource
{
    /// <summary>Rows.</summary>
    int Rows { get; }

    /// <summary>Whether a tile can read them where they lie.</summary>
    bool InPlace { get; }

    /// <summary>Floats from row to row, where they can be read in place.</summary>
    nint Stride { get; }

    /// <summary>A step of a row, where it can be read in place.</summary>
    float* At(int row, int step);

    /// <summary>Copies steps of one row to lines of sixteen for <see cref="LineLayout"/>.</summary>
    void Copy(int row, int step, int count, float* target);

    /// <summary>The rows in memory; an element is a step.</summary>
    StridedBytes Memory { get; }
}

/// <summary>Weights as float32.</summary>
internal readonly unsafe struct WeightScalars(WeightView w) : IScalarSource
{
    public int Rows => w.Rows;

    public bool InPlace => w.Type == ElementType.F32;

    public nint Stride => w.Columns;

    public float* At(int row, int step) => (float*)w.Row(row) + step;

    public void Copy(int row, int step, int count, float* target) => Widen.Lines(w, row, step, count, target, (int)LineLayout.Advance);

    public StridedBytes Memory => StridedBytes.Of(w);
}

/// <summary>Weights as pairs of bfloat16; others are rounded.</summary>
internal readonly unsafe struct WeightScalarPairs(WeightView w) : IScalarSource
{
    public int Rows => w.Rows;

    public bool InPlace => w.Type == ElementType.BF16 && w.Columns % 2 == 0;

    public nint Stride => w.Columns / 2;

    public float* At(int row, int step) => (float*)w.Row(row) + step;

    public void Copy(int row, int step, int count, float* target)
    {
        const int Line = 2 * TileLayouts.Group;
        float* line = stackalloc float[Line];
        int first = 2 * step, last = Math.Min(w.Columns, first + 2 * count);
        for (int i = first; i < last; i += Line, target += LineLayout.Advance)
        {
            int elements = Math.Min(Line, last - i);
            Widen.Row(w, row, i, elements, line);
            BFloat16.Pack(line, elements, target);
        }
    }

    public StridedBytes Memory => StridedBytes.Of(w) with { Element = 2 * w.Type.Size() };
}
