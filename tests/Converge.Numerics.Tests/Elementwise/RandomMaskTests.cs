using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>Every path drops the elements that the generator names, and no other.</summary>
[Collection(SimdCollection.Name)]
public sealed class RandomMaskTests
{
    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Theory, MemberData(nameof(PathData))]
    public void Elements_are_dropped_as_the_generator_says(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (double probability in new[] { 0, 0.05, 1.0 / 3, 0.999 })
        {
            foreach (int n in new[] { 1, 3, 4, 7, 8, 9, 31, 1000 })
            {
                // Keys, streams and indices whose upper halves count.
                foreach (var (key, stream, index) in new[] { (0UL, 0UL, 0UL), (0x89ABCDEF_01234567, 0xFEDCBA98_76543210, 0xFFFFFFFD_00000000), (ulong.MaxValue, 7UL << 32, 5UL) })
                {
                    float[] values = [.. Enumerable.Range(0, n).Select(i => i % 5 == 4 ? -1f : 1f + i)];
                    float keep = (float)(1 / (1 - probability));
                    float[] expected = [.. values.Select((value, i) => value * (Philox.UniformAt(key, stream, index + (ulong)i) < probability ? 0 : keep))];
                    RandomMask.Apply(values.AsSpan(), key, stream, index, probability);
                    Same.Bits(expected, values, $"p = {probability}, n = {n}:");
                }
            }
        }
    }

    [Fact]
    public void Double_precision_drops_the_same_elements()
    {
        var (floats, doubles) = (new float[500], new double[500]);
        Array.Fill(floats, 1);
        Array.Fill(doubles, 1);
        RandomMask.Apply(floats.AsSpan(), 1, 2, 3, 0.25);
        RandomMask.Apply(doubles.AsSpan(), 1, 2, 3, 0.25);
        Assert.Equal(floats.Select(value => value == 0), doubles.Select(value => value == 0));
        Assert.InRange(floats.Count(value => value == 0), 80, 170);
    }
}
