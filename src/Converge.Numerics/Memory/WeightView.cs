namespace Converge.Numerics;

/// <summary>
/// A row-major matrix of weights where it lies: in a memory-mapped file or in a buffer. It does not own the memory;
/// whoever made the view keeps it alive. A linear layer's weight is [out, in], a norm's weight [1, hidden].
/// </summary>
public readonly unsafe struct WeightView
{
    /// <summary>A view of <paramref name="rows"/> times <paramref name="columns"/> elements at <paramref name="data"/>.</summary>
    public WeightView(void* data, ElementType type, int rows, int columns)
    {
        Data = (byte*)data;
        Type = type;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>The first element.</summary>
    public byte* Data { get; }

    /// <summary>The element type.</summary>
    public ElementType Type { get; }

    /// <summary>The number of rows (a linear layer's outputs).</summary>
    public int Rows { get; }

    /// <summary>The number of columns (a linear layer's inputs).</summary>
    public int Columns { get; }

    /// <summary>True for the default value, which stands for an absent weight (a linear layer without a bias).</summary>
    public bool IsAbsent => Data == null;

    /// <summary>The size in bytes.</summary>
    public long Bytes => (long)Rows * Columns * Type.Size();

    /// <summary>The first element of row <paramref name="row"/>.</summary>
    public byte* Row(int row) => Data + (long)row * Columns * Type.Size();

    /// <summary>The same memory as numbers to compute with, where it lies in that type already (a gradient, a parameter in tuning).</summary>
    public MatrixView<T> AsMatrix<T>() where T : unmanaged
    {
        if (Type != (typeof(T) == typeof(double) ? ElementType.F64 : ElementType.F32)) throw new InvalidOperationException($"a weight of type {Type} is not a matrix of {typeof(T).Name}");
        return new MatrixView<T>((T*)Data, Rows, Columns, Columns);
    }

    /// <summary>Rows <paramref name="start"/> up to <paramref name="start"/> + <paramref name="count"/>.</summary>
    public WeightView Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, Rows);
        return new WeightView(Row(start), Type, count, Columns);
    }
}
