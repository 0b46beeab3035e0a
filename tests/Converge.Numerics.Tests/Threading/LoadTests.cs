using System.Diagnostics;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Threading;

/// <summary>Other programs that keep every core busy take their share of the time, and nothing else.</summary>
[Collection(SimdCollection.Name)]
public sealed class LoadTests
{
    [Fact]
    public void Busy_cores_slow_a_pass_by_their_share_and_change_no_bit()
    {
        using var x = new TestMatrix<float>(64, 512).FillNormal(1);
        using var w = new TestWeight(ElementType.BF16, 512, 512).FillNormal(2);
        using var quiet = new TestMatrix<float>(64, 512);
        using var busy = new TestMatrix<float>(64, 512);
        using var pool = new WorkPool(Environment.ProcessorCount);
        TimeSpan Passes(TestMatrix<float> y)
        {
            var watch = Stopwatch.StartNew();
            for (int pass = 0; pass < 60; pass++) LinearForward.Run(pool, x.View, w.View, y.View);
            return watch.Elapsed;
        }

        Passes(quiet);
        var alone = Passes(quiet);
        bool stop = false;
        var others = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref stop)) Thread.SpinWait(100);
        })
        { IsBackground = true }).ToList();
        others.ForEach(other => other.Start());
        var beside = Passes(busy);
        Volatile.Write(ref stop, true);
        others.ForEach(other => other.Join());

        Same.Bits(quiet.Values, busy.Values);
        // Half of the time is the fair share, and a pass may wait for a thread that lost its core: some milliseconds each. A pool whose caller
        // waited for every thread to be scheduled, or slept while waiting, would need seconds.
        Assert.True(beside < 10 * alone + TimeSpan.FromSeconds(1.5), $"{alone.TotalMilliseconds:F0} ms alone, {beside.TotalMilliseconds:F0} ms beside busy threads");
    }
}
