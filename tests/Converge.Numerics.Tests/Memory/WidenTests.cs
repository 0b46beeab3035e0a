using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Memory;

/// <summary>Conversions of weights, all bit patterns of the short types included.</summary>
public sealed unsafe class WidenTests
{
    [Theory]
    [InlineData(ElementType.F16, 0)]
    [InlineData(ElementType.F16, 2)]
    [InlineData(ElementType.BF16, 0)]
    [InlineData(ElementType.BF16, 2)]
    public void Every_bit_pattern_of_a_short_type_has_its_value_in_bulk_and_alone(ElementType type, int offset)
    {
        using var weight = new TestWeight(type, 1, 65536, offset);
        for (int bits = 0; bits < 65536; bits++) ((ushort*)weight.View.Data)[bits] = (ushort)bits;
        double[] expected = [.. Enumerable.Range(0, 65536).Select(bits => ValueOf(type, bits))];
        using var bulk = new TestMatrix<float>(1, 65536);
        using var wide = new TestMatrix<double>(1, 65536);
        Widen.Row(weight.View, 0, 0, 65536, bulk.View.Data);
        Widen.Row(weight.View, 0, 0, 65536, wide.View.Data);
        for (int bits = 0; bits < 65536; bits++)
        {
            float single = Widen.Element<float>(weight.View.Data, type, bits);
            // All of these values are exact in float32; comparing bits tells the two zeros apart.
            Same.Bits([(float)expected[bits]], [bulk[0, bits]], $"{type} {bits:x4} in bulk:");
            Same.Bits([(float)expected[bits]], [single], $"{type} {bits:x4} alone:");
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected[bits]) < 0 && !double.IsNaN(expected[bits]), double.IsNegative(wide[0, bits]) && !double.IsNaN(wide[0, bits]));
            Assert.Equal(expected[bits], wide[0, bits]);
        }
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F64)]
    public void Any_part_of_a_row_at_any_address_is_converted_and_nothing_more(ElementType type)
    {
        foreach (int offset in TestWeight.Offsets(type))
        {
            using var weight = new TestWeight(type, 3, 133, offset).FillNormal(1);
            foreach (int count in Sizes.Odd)
            {
                foreach (int column in new[] { 0, 1, 3, 133 - count })
                {
                    if (column < 0 || column + count > 133) continue;
                    using var single = new TestMatrix<float>(1, count, byteOffset: 4);
                    using var wide = new TestMatrix<double>(1, count, byteOffset: 8);
                    Widen.Row(weight.View, 1, column, count, single.View.Data);
                    Widen.Row(weight.View, 1, column, count, wide.View.Data);
                    Same.Bits([.. Enumerable.Range(column, count).Select(i => (float)weight[1, i])], single.Values);
                    Assert.Equal(Enumerable.Range(column, count).Select(i => weight[1, i]), wide.Values);
                    single.AssertUntouchedOutside();
                    wide.AssertUntouchedOutside();
                }
            }
        }
    }

    [Fact]
    public void Float64_rounds_to_the_nearest_float32()
    {
        using var weight = new TestWeight(ElementType.F64, 1, 6).Fill((_, i) => (new[] { 1 + Math.ScaleB(1, -25), 1 + Math.ScaleB(3, -25), 1e300, -1e300, 1e-60, double.NaN })[i]);
        using var single = new TestMatrix<float>(1, 6);
        Widen.Row(weight.View, 0, 0, 6, single.View.Data);
        Same.Bits([1, MathF.BitIncrement(1), float.PositiveInfinity, float.NegativeInfinity, 0, float.NaN], single.Values);
    }

    // From the definition of the format: sign, biased exponent, fraction.
    private static double ValueOf(ElementType type, int bits)
    {
        int fractionBits = type == ElementType.F16 ? 10 : 7, exponentBits = 15 - fractionBits, bias = (1 << (exponentBits - 1)) - 1;
        int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1), fraction = bits & ((1 << fractionBits) - 1);
        double magnitude = exponent == (1 << exponentBits) - 1 ? (fraction == 0 ? double.PositiveInfinity : double.NaN)
            : exponent == 0 ? Math.ScaleB(fraction, 1 - bias - fractionBits)
            : Math.ScaleB(fraction + (1 << fractionBits), exponent - bias - fractionBits);
        return (bits & 0x8000) != 0 ? -magnitude : magnitude;
    }
}
