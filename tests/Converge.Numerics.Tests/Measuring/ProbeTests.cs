using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Measuring;

public sealed unsafe class ProbeTests
{
    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    [InlineData(ElementType.F64)]
    public void Successive_weights_are_random_numbers_in_different_memory_eight_bytes_past_a_line(ElementType type)
    {
        using var ring = new WeightRing(type, 1 << 16);
        var (first, second) = (ring.Next(8, 100), ring.Next(8, 100));
        Assert.Equal((8, 100, type), (second.Rows, second.Columns, second.Type));
        Assert.True(second.Data >= first.Data + first.Bytes);
        Assert.Equal((8, 8), ((int)((nint)first.Data % 64), (int)((nint)second.Data % 64)));
        var values = Enumerable.Range(0, 800).Select(i => Widen.Element<double>(second.Data, type, i)).ToArray();
        Assert.InRange(Math.Sqrt(values.Average(value => value * value)), 0.015, 0.025);
        Assert.InRange(values.Distinct().Count(), 200, 800);
    }

    [Fact]
    public void The_ring_begins_anew_before_its_end_and_refuses_what_is_larger_than_itself()
    {
        using var ring = new WeightRing(ElementType.F32, 100_000);
        var starts = Enumerable.Range(0, 40).Select(_ => (nint)ring.Next(50, 50).Data).ToArray();
        int around = Array.IndexOf(starts, starts[0], 1);
        Assert.InRange(around, 100_000 / 10_064, (100_000 + 65536) / 10_008);
        Assert.InRange(starts.Max() - starts.Min(), 0, 100_000 + 65536);
        Assert.Equal(25_000, ring.Next(25, 1000).Rows * 1000);
        Assert.Throws<ArgumentException>(() => ring.Next(1000, 1000));
    }

    [Theory]
    [InlineData(LinearKernel.Forward, false)]
    [InlineData(LinearKernel.BackwardInput, false)]
    [InlineData(LinearKernel.BackwardWeight, true)]
    public void A_linear_probe_counts_its_operations_and_only_a_weights_gradient_changes_the_ring(LinearKernel kernel, bool changes)
    {
        using var ring = new WeightRing(ElementType.F32, 1 << 16);
        using var probe = new LinearProbe<float>(Pools.Two, kernel, ring, 5, 7, 11);
        Assert.Equal((770.0, 308L), (probe.Flops, probe.WeightBytes));
        // The probe gets the weight after this one, which takes a line.
        var next = new Span<float>(ring.Next(1, 1).Data + 64, 77);
        var before = next.ToArray();
        probe.Run();
        Assert.Equal(changes, !next.SequenceEqual(before));
        Assert.True(Array.TrueForAll(next.ToArray(), float.IsFinite));
    }

    [Fact]
    public void An_attention_probe_counts_the_positions_that_its_tokens_see()
    {
        // A trunk of two tokens sees 1 + 2 positions, and the one token of either prompt 3: 9 in all, at a width of 8, twice 2 operations.
        using var probe = new AttentionProbe(Pools.Two, new HeadShape(2, 1, 4), 2, 2, 1);
        Assert.Equal((4, 288.0, 720.0), (probe.Tokens, probe.ForwardFlops, probe.BackwardFlops));
        probe.Forward();
        probe.Backward();
        using var alone = new AttentionProbe(Pools.One, new HeadShape(2, 1, 4), 0, 1, 3);
        Assert.Equal((3, 4.0 * 8 * 6), (alone.Tokens, alone.ForwardFlops));
        alone.Backward();
    }
}
