using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Memory;

/// <summary>Matrices, and views of matrices and weights.</summary>
public sealed unsafe class ViewTests
{
    [Fact]
    public void A_new_matrix_is_zero_and_begins_at_a_cache_line()
    {
        for (int rows = 0; rows < 20; rows++)
        {
            using var matrix = new Matrix<float>(rows, 7);
            Assert.Equal(0, (nint)matrix.View.Data % 64);
            Assert.All(matrix.Span.ToArray(), value => Assert.Equal(0, value));
            Assert.Equal((rows, 7, 7), (matrix.View.Rows, matrix.View.Columns, matrix.View.Stride));
        }
    }

    [Fact]
    public void Memory_grows_and_never_shrinks()
    {
        using var matrix = new Matrix<double>(3, 5);
        long before = matrix.AllocatedBytes;
        matrix.Resize(1);
        Assert.Equal(before, matrix.AllocatedBytes);
        var view = matrix.Resize(100);
        Assert.Equal(100 * 5 * 8, matrix.AllocatedBytes);
        view.Clear();
        Assert.Equal(500, matrix.Span.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Resize(-1));
    }

    [Fact]
    public void Ranges_of_rows_keep_the_stride_and_the_bounds()
    {
        using var matrix = new TestMatrix<float>(6, 3, gap: 2).Fill((row, column) => 10 * row + column);
        var range = matrix.View.RowRange(2, 3);
        Assert.Equal([30, 31, 32], range.Row(1).ToArray());
        Assert.Equal(0, matrix.View.RowRange(6, 0).Rows);
        Assert.Throws<ArgumentOutOfRangeException>(() => range.Row(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => range.Row(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.View.RowRange(4, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.View.RowRange(-1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.View.RowRange(1, -1));
    }

    [Fact]
    public void Copying_and_clearing_touch_the_columns_alone()
    {
        using var source = new TestMatrix<float>(4, 5, gap: 1).FillWhole(1);
        using var target = new TestMatrix<float>(4, 5, gap: 3);
        target.View.CopyFrom(source.View);
        Assert.Equal(source.Values, target.Values);
        target.View.Clear();
        Assert.All(target.Values, value => Assert.Equal(0, value));
        target.AssertUntouchedOutside();
        using var other = new TestMatrix<float>(5, 4);
        Assert.Throws<ArgumentException>(() => target.View.CopyFrom(other.View));
    }

    [Theory]
    [InlineData(ElementType.F16, 2)]
    [InlineData(ElementType.BF16, 2)]
    [InlineData(ElementType.F32, 4)]
    [InlineData(ElementType.F64, 8)]
    public void A_slice_of_a_weight_is_its_rows(ElementType type, int size)
    {
        using var weight = new TestWeight(type, 5, 3).FillWhole(1);
        var slice = weight.View.Slice(2, 2);
        Assert.Equal((2, 3, 6L * size), (slice.Rows, slice.Columns, slice.Bytes));
        Assert.Equal((nint)(weight.View.Data + 3 * 3 * size), (nint)slice.Row(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => weight.View.Slice(4, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => weight.View.Slice(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => weight.View.Slice(int.MaxValue, 2));
        Assert.False(weight.View.IsAbsent);
        Assert.True(default(WeightView).IsAbsent);
    }

    [Fact]
    public void Rows_far_into_a_weight_have_an_address_beyond_two_gigabytes()
    {
        // Never read: only the address is computed.
        var weight = new WeightView((void*)0x1000, ElementType.F32, 200_000, 8192);
        Assert.Equal(0x1000 + 150_000L * 8192 * 4, (long)weight.Row(150_000));
        Assert.Equal(200_000L * 8192 * 4, weight.Bytes);
    }

    [Fact]
    public void Only_a_weight_of_the_same_type_is_a_matrix()
    {
        using var single = new TestWeight(ElementType.F32, 2, 2).FillWhole(1);
        using var wide = new TestWeight(ElementType.F64, 2, 2).FillWhole(1);
        Assert.Equal((float)single[1, 0], single.View.AsMatrix<float>().Row(1)[0]);
        Assert.Equal(wide[1, 1], wide.View.AsMatrix<double>().Row(1)[1]);
        Assert.Throws<InvalidOperationException>(() => single.View.AsMatrix<double>());
        Assert.Throws<InvalidOperationException>(() => wide.View.AsMatrix<float>());
        using var matrix = new Matrix<double>(2, 3);
        Assert.Equal((ElementType.F64, 2, 3), (matrix.AsWeight().Type, matrix.AsWeight().Rows, matrix.AsWeight().Columns));
    }
}
