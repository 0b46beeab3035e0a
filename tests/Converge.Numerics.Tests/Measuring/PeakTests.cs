using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Measuring;

[Collection(SimdCollection.Name)]
public sealed class PeakTests
{
    [Theory]
    [MemberData(nameof(ForcedPath.Data), MemberType = typeof(ForcedPath))]
    public void No_kernel_is_faster_than_the_peak_of_its_path_nor_a_hundred_times_slower(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var weights = new WeightRing(ElementType.F32, 1 << 20);
        using var probe = new LinearProbe<float>(Pools.One, LinearKernel.Forward, weights, 192, 192, 640);
        // The peak on both sides, since the clock and other programs come and go.
        double before = FmaPeak.Measure(Pools.One, path, 40);
        double kernel = probe.Flops / Timing.Of(probe.Run, new TimingBudget(60, TimeSpan.Zero, TimeSpan.FromSeconds(1))).Quantile(0);
        double peak = Math.Max(before, FmaPeak.Measure(Pools.One, path, 40));
        Assert.InRange(kernel / peak, 0.01, 1.15);
    }

    [SkippableFact]
    public void A_path_that_the_processor_lacks_is_refused()
    {
        Skip.If(SimdPaths.Widest == SimdPath.Avx512, "the processor has every path");
        Assert.Throws<PlatformNotSupportedException>(() => FmaPeak.Measure(Pools.One, SimdPath.Avx512));
    }

    [Fact]
    public void Memory_is_read_at_a_believable_rate()
    {
        Assert.InRange(MemoryBandwidth.Measure(Pools.Two, 16 << 20, 3), 1e8, 1e13);
    }
}
