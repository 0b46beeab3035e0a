namespace Converge.Numerics;

/// <summary>
/// A dense row-major matrix in native memory, aligned to cache lines. The shape can change; memory only grows, so a
/// matrix that is used again and again settles on one allocation.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class Matrix<T> : IDisposable where T : unmanaged
{
    private T* _data;
    private nuint _capacity;

    /// <summary>A matrix of zeros.</summary>
    public Matrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Columns = columns;
        Resize(rows);
        View.Clear();
    }

    /// <summary>Frees the memory of a matrix that was dropped without being disposed of.</summary>
    ~Matrix() => Free();

    /// <summary>The number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; private set; }

    /// <summary>The size of the allocation, in bytes.</summary>
    public long AllocatedBytes => (long)_capacity;

    /// <summary>All of it.</summary>
    public MatrixView<T> View => new(_data, Rows, Columns, Columns);

    /// <summary>All of it as one span; at most 2^31 - 1 elements.</summary>
    public Span<T> Span => new(_data, checked(Rows * Columns));

    /// <summary>Changes the number of rows. The contents are undefined afterwards.</summary>
    /// <returns>The view of the new shape.</returns>
    public MatrixView<T> Resize(int rows) => Resize(rows, Columns);

    /// <summary>Changes the shape. The contents are undefined afterwards.</summary>
    /// <returns>The view of the new shape.</returns>
    public MatrixView<T> Resize(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Columns = columns;
        nuint bytes = (nuint)Math.Max(1, (long)rows * Columns) * (nuint)sizeof(T);
        if (bytes > _capacity)
        {
            Free();
            _data = (T*)NativeBlock.Allocate(bytes);
            _capacity = bytes;
            NativeBytes.Count((long)bytes);
        }
        Rows = rows;
        return View;
    }

    /// <summary>A weight of this matrix's values, where they lie.</summary>
    public WeightView AsWeight() => new(_data, typeof(T) == typeof(double) ? ElementType.F64 : ElementType.F32, Rows, Columns);

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeBlock.Free(_data);
        _data = null;
        _capacity = 0;
    }
}
