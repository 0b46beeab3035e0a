using System.Runtime.CompilerServices;

namespace Converge.Numerics;

/// <summary>Rows of numbers in native memory, possibly a part of wider rows. It does not own the memory.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct MatrixView<T> where T : unmanaged
{
    /// <summary>A view of <paramref name="rows"/> by <paramref name="columns"/> elements, rows <paramref name="stride"/> elements apart.</summary>
    public MatrixView(T* data, int rows, int columns, int stride)
    {
        Data = data;
        Rows = rows;
        Columns = columns;
        Stride = stride;
    }

    /// <summary>The first element.</summary>
    public T* Data { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>The distance between rows, in elements.</summary>
    public int Stride { get; }

    /// <summary>The first element of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* RowPointer(int row) => Data + (nint)row * Stride;

    /// <summary>A row.</summary>
    public Span<T> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows);
        return new Span<T>(RowPointer(row), Columns);
    }

    /// <summary>Rows <paramref name="first"/> up to <paramref name="first"/> + <paramref name="count"/>.</summary>
    public MatrixView<T> RowRange(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, Rows);
        return new MatrixView<T>(RowPointer(first), count, Columns, Stride);
    }

    /// <summary>Sets every element to zero.</summary>
    public void Clear()
    {
        for (int row = 0; row < Rows; row++) Row(row).Clear();
    }

    /// <summary>Copies the elements of another view of the same shape.</summary>
    public void CopyFrom(MatrixView<T> source)
    {
        if (source.Rows != Rows || source.Columns != Columns) throw new ArgumentException($"[{source.Rows}, {source.Columns}] does not fit [{Rows}, {Columns}]", nameof(source));
        for (int row = 0; row < Rows; row++) source.Row(row).CopyTo(Row(row));
    }
}
