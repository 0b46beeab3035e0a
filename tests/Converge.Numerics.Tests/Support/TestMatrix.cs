using System.Numerics;

namespace Converge.Numerics.Tests.Support;

/// <summary>A matrix for tests, guarded, its rows possibly further apart than they are long.</summary>
internal sealed unsafe class TestMatrix<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly GuardedBytes _bytes;

    public TestMatrix(int rows, int columns, int gap = 0, int byteOffset = 0)
    {
        _bytes = new GuardedBytes((long)rows * (columns + gap) * sizeof(T), byteOffset);
        View = new MatrixView<T>((T*)_bytes.Data, rows, columns, columns + gap);
    }

    public MatrixView<T> View { get; }

    public int Rows => View.Rows;

    public int Columns => View.Columns;

    public ref T this[int row, int column] => ref View.Row(row)[column];

    /// <summary>All elements, in order.</summary>
    public T[] Values
    {
        get
        {
            var values = new T[Rows * Columns];
            for (int row = 0; row < Rows; row++) View.Row(row).CopyTo(values.AsSpan(row * Columns));
            return values;
        }
    }

    public T[] RowValues(int row) => View.Row(row).ToArray();

    public TestMatrix<T> Fill(Func<int, int, double> value)
    {
        for (int row = 0; row < Rows; row++)
            for (int column = 0; column < Columns; column++) this[row, column] = T.CreateChecked(value(row, column));
        return this;
    }

    /// <summary>Standard normal numbers.</summary>
    public TestMatrix<T> FillNormal(ulong seed, double deviation = 1) =>
        Fill((row, column) => deviation * Philox.NormalAt(seed, (ulong)row, (ulong)column));

    /// <summary>Whole numbers from -4 to 4: their products and sums are exact in float32, so every order of summation must agree.</summary>
    public TestMatrix<T> FillWhole(ulong seed) => Fill((row, column) => Whole.At(seed, row, column));

    /// <summary>The same numbers in double precision.</summary>
    public TestMatrix<double> Widened()
    {
        var wide = new TestMatrix<double>(Rows, Columns);
        for (int row = 0; row < Rows; row++)
            for (int column = 0; column < Columns; column++) wide[row, column] = double.CreateChecked(this[row, column]);
        return wide;
    }

    public TestMatrix<T> Copy()
    {
        var copy = new TestMatrix<T>(Rows, Columns, View.Stride - Columns);
        copy.View.CopyFrom(View);
        return copy;
    }

    public void AssertUntouchedOutside() => _bytes.AssertUntouchedOutside(Rows, (long)Columns * sizeof(T), (long)View.Stride * sizeof(T));

    public void Dispose() => _bytes.Dispose();
}

/// <summary>Small whole numbers by place.</summary>
internal static class Whole
{
    public static double At(ulong seed, int row, int column) => (int)(Philox.At(seed, (ulong)row, (ulong)column).X0 % 9) - 4;
}
