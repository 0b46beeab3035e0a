using Converge.Engine.Checkpoints;
using Converge.Numerics;

namespace Converge.Engine.Tests.Checkpoints;

public unsafe class WeightValueTests
{
    [Theory]
    [InlineData(0x3F800000u, 0x3F80)] // 1
    [InlineData(0x3F808000u, 0x3F80)] // halfway, down to even
    [InlineData(0x3F818000u, 0x3F82)] // halfway, up to even
    [InlineData(0x3F808001u, 0x3F81)] // just above halfway
    [InlineData(0x3F807FFFu, 0x3F80)] // just below halfway
    [InlineData(0xBF818000u, 0xBF82)] // the sign plays no part
    [InlineData(0x7F7FFFFFu, 0x7F80)] // the largest float32 rounds to infinity
    [InlineData(0x7F800000u, 0x7F80)] // infinity
    [InlineData(0x7F800001u, 0x7FC0)] // a NaN stays a NaN
    [InlineData(0x00000001u, 0x0000)] // the smallest subnormal
    public void A_float_is_rounded_to_the_nearest_bfloat16(uint bits, int expected) =>
        Assert.Equal(expected, WeightConversion.ToBFloat16(BitConverter.UInt32BitsToSingle(bits)));

    [Fact]
    public void Every_16_bit_pattern_is_judged_finite_as_its_value_is()
    {
        var bits = new ushort[1];
        fixed (ushort* pointer = bits)
        {
            for (int pattern = 0; pattern <= ushort.MaxValue; pattern++)
            {
                bits[0] = (ushort)pattern;
                bool half = Half.IsFinite(BitConverter.UInt16BitsToHalf((ushort)pattern)), brain = float.IsFinite(BitConverter.UInt32BitsToSingle((uint)pattern << 16));
                Assert.Equal(half ? -1 : 0, FiniteScan.FirstNotFinite(new WeightView(pointer, ElementType.F16, 1, 1)));
                Assert.Equal(brain ? -1 : 0, FiniteScan.FirstNotFinite(new WeightView(pointer, ElementType.BF16, 1, 1)));
            }
        }
    }

    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.F64)]
    public void The_first_bad_element_is_found_wherever_it_is(ElementType type)
    {
        const int Rows = 7, Columns = 19;
        var bytes = new byte[Rows * Columns * type.Size() + 1];
        // From an odd address, as a file may give it; every element is the largest finite one.
        fixed (byte* start = &bytes[1])
        {
            var view = new WeightView(start, type, Rows, Columns);
            for (int bad = 0; bad < Rows * Columns; bad++)
            {
                for (int i = 0; i < Rows * Columns; i++) Store(start, type, i, i == bad || i > bad + 3);
                Assert.Equal(bad, FiniteScan.FirstNotFinite(view));
            }
            for (int i = 0; i < Rows * Columns; i++) Store(start, type, i, false);
            Assert.Equal(-1, FiniteScan.FirstNotFinite(view));
        }
    }

    [Fact]
    public void A_bad_element_beyond_the_first_chunk_is_found()
    {
        var values = new float[3 << 20];
        values[^2] = float.NaN;
        fixed (float* pointer = values) Assert.Equal(values.Length - 2, FiniteScan.FirstNotFinite(new WeightView(pointer, ElementType.F32, 3, 1 << 20)));
    }

    private static void Store(byte* start, ElementType type, int index, bool bad)
    {
        var target = new Span<byte>(start + index * type.Size(), type.Size());
        var source = type switch
        {
            ElementType.F32 => RawSafetensors.Of(bad ? float.NaN : -float.MaxValue),
            ElementType.F16 => RawSafetensors.Of(bad ? Half.NegativeInfinity : Half.MaxValue),
            ElementType.BF16 => RawSafetensors.Of((ushort)(bad ? 0x7F81 : 0x7F7F)),
            _ => RawSafetensors.Of(bad ? double.PositiveInfinity : double.MinValue),
        };
        source.CopyTo(target);
    }
}
