namespace Converge.Numerics.Tests.Memory;

public sealed unsafe class BFloat16Tests
{
    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(1.00390625f, 1f)] // 1 + 2^-8 lies half-way: to even
    [InlineData(1.01171875f, 1.015625f)] // 1 + 3 x 2^-8: to even, upwards
    [InlineData(1.0039064f, 1.0078125f)] // a bit beyond half-way
    [InlineData(-3.1415927f, -3.140625f)]
    [InlineData(float.MaxValue, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity)]
    public void Rounds_to_the_nearest(float value, float expected) => Assert.Equal(expected, BFloat16.Round(value));

    [Fact]
    public void Every_kind_of_NaN_stays_one()
    {
        foreach (uint bits in new[] { 0x7F800001u, 0x7FFFFFFFu, 0xFF800001u, 0xFFC00000u, 0x7F80FFFFu }) Assert.True(float.IsNaN(BFloat16.Round(BitConverter.UInt32BitsToSingle(bits))));
    }

    [Fact]
    public void Pairs_hold_what_rounding_one_by_one_gives()
    {
        var random = new System.Random(1);
        for (int count = 1; count < 70; count++)
        {
            var values = new float[count];
            for (int i = 0; i < count; i++) values[i] = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            var pairs = new float[(count + 1) / 2 + 1];
            pairs[^1] = 7;
            fixed (float* source = values, target = pairs) BFloat16.Pack(source, count, target);
            for (int i = 0; i < 2 * (pairs.Length - 1); i++)
            {
                uint half = BitConverter.SingleToUInt32Bits(pairs[i / 2]) >> (16 * (i % 2)) & 0xFFFF;
                Assert.Equal(i < count ? BitConverter.SingleToUInt32Bits(BFloat16.Round(values[i])) >> 16 : 0, half);
            }
            Assert.Equal(7, pairs[^1]);
        }
    }
}
