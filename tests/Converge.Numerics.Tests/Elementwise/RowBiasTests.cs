using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>A bias on every row, and sums of rows.</summary>
public sealed class RowBiasTests
{
    [Fact]
    public void A_bias_is_added_to_every_row_and_its_gradient_is_their_sum()
    {
        foreach (var type in Enum.GetValues<ElementType>())
        {
            foreach (int n in Sizes.Odd)
            {
                using var y = new TestMatrix<float>(19, n, gap: 2, byteOffset: 4).FillWhole(1);
                using var bias = new TestWeight(type, 1, n, TestWeight.Offsets(type)[^1]).FillWhole(2);
                using var dBias = new TestMatrix<float>(1, n, gap: 1).Fill((_, i) => i);
                RowBias.Add(Pools.Two, y.View, bias.View);
                Same.Within([.. Enumerable.Range(0, 19 * n).Select(i => Whole.At(1, i / n, i % n) + bias[0, i % n])], y.Values, _ => 0);
                RowBias.Backward(y.View, dBias.View);
                Same.Within([.. Enumerable.Range(0, n).Select(i => i + Enumerable.Range(0, 19).Sum(row => (double)y[row, i]))], dBias.Values, _ => 0);
                y.AssertUntouchedOutside();
                dBias.AssertUntouchedOutside();
            }
        }
    }

    [Fact]
    public void NaN_stays_where_it_is()
    {
        using var y = new TestMatrix<float>(3, 5).Fill((_, _) => 1);
        using var bias = new TestWeight(ElementType.F32, 1, 5).Fill((_, i) => i);
        y[1, 2] = float.NaN;
        RowBias.Add(Pools.One, y.View, bias.View);
        Same.Bits([1, 2, 3, 4, 5, 1, 2, float.NaN, 4, 5, 1, 2, 3, 4, 5], y.Values);
    }

    [Fact]
    public void Rows_of_different_length_are_not_added() =>
        Assert.Throws<ArgumentException>(() => new float[3].AsSpan().AddTo(new float[4]));
}
