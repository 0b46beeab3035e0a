using System.Numerics;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>The sum of squares: its order, to the bit, and its special numbers.</summary>
public sealed class SumOfSquaresTests
{
    [Fact]
    public void Sixteen_lanes_are_summed_in_order_and_then_added_in_order()
    {
        foreach (int n in Sizes.All)
        {
            AssertOrder<float>(1, n);
            AssertOrder<double>(3, n);
        }
    }

    [Fact]
    public void Squares_beyond_single_precision_are_counted()
    {
        using var matrix = new Matrix<float>(2, 2);
        new float[] { 3e30f, 4e30f, 0, 1e-30f }.CopyTo(matrix.Span);
        Assert.Equal(5e30, Math.Sqrt(SumOfSquares.Of(matrix)), 1e24);
        using var tiny = new Matrix<float>(1, 1);
        tiny.Span[0] = 1e-30f;
        Assert.Equal(1e-30, Math.Sqrt(SumOfSquares.Of(tiny)), 1e-37);
        using var empty = new Matrix<double>(0, 5);
        Assert.Equal(0, SumOfSquares.Of(empty));
    }

    [Fact]
    public void NaN_and_infinity_show_at_every_place()
    {
        foreach (var (special, expected) in new[] { (double.NaN, double.NaN), (double.NegativeInfinity, double.PositiveInfinity) })
        {
            for (int at = 0; at < 37; at++)
            {
                using var matrix = new Matrix<float>(1, 37);
                matrix.Span[at] = (float)special;
                Assert.Equal(expected, SumOfSquares.Of(matrix));
            }
        }
    }

    private static void AssertOrder<T>(int rows, int columns) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var matrix = new Matrix<T>(rows, columns);
        var lanes = new double[16];
        for (int i = 0; i < matrix.Span.Length; i++)
        {
            double value = double.CreateChecked(matrix.Span[i] = T.CreateChecked(Philox.NormalAt(1, 0, (ulong)i) * Math.Pow(2, i * 7 % 11)));
            lanes[i % 16] += value * value;
        }
        double expected = 0;
        foreach (double lane in lanes) expected += lane;
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(SumOfSquares.Of(matrix)));
    }
}
