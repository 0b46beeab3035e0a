using System.Diagnostics;
using Converge.Numerics.Tests.Probe;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Threading;

/// <summary>Other programs that keep every core busy take their share of the time, and nothing else.</summary>
[Collection(SimdCollection.Name)]
public sealed class LoadTests
{
    [Fact]
    public void Busy_cores_change_no_bit()
    {
        using var x = new TestMatrix<float>(64, 512).FillNormal(1);
        using var w = new TestWeight(ElementType.BF16, 512, 512).FillNormal(2);
        using var quiet = new TestMatrix<float>(64, 512);
        using var busy = new TestMatrix<float>(64, 512);
        LinearForward.Run(Pools.One, x.View, w.View, quiet.View);
        using var pool = new WorkPool(Environment.ProcessorCount);
        using var others = new BusyThreads();
        for (int pass = 0; pass < 30; pass++)
        {
            LinearForward.Run(pool, x.View, w.View, busy.View);
            Same.Bits(quiet.Values, busy.Values, $"pass {pass}:");
        }
    }

    [Fact]
    public void Thousands_of_small_jobs_do_not_wait_for_threads_without_a_core()
    {
        using var pool = new WorkPool(Environment.ProcessorCount);
        var watch = new Stopwatch();
        TimeSpan Jobs(WorkPool threads)
        {
            watch.Restart();
            for (int job = 0; job < 3000; job++) threads.For(8, _ => Thread.SpinWait(50));
            return watch.Elapsed;
        }

        Jobs(pool);
        // One thread has nobody to wait for: its time is the measure.
        var alone = Jobs(Pools.One);
        using var others = new BusyThreads();
        var beside = Jobs(pool);
        // A job waits for a thread that lost its core in the middle of a piece, and for no other. A caller that waited for every thread to have seen the job
        // would wait some milliseconds for each of the three thousand.
        Assert.True(beside < 10 * alone + TimeSpan.FromSeconds(2), $"{alone.TotalMilliseconds:F0} ms on one thread, {beside.TotalMilliseconds:F0} ms on all beside busy ones");
    }

    [SkippableFact]
    public void The_number_of_processors_is_that_of_the_affinity_mask()
    {
        Skip.IfNot(File.Exists("/usr/bin/taskset"), "needs taskset");
        // What --threads stands at by default; the runtime also reads the limit of the control group, which a test cannot set.
        Assert.Equal((0, "1"), Child.RunUnder("/usr/bin/taskset -c 0", "processors") is var (exit, output, _) ? (exit, output) : default);
        Assert.Equal($"{Environment.ProcessorCount}", Child.Run("processors").Out);
        Assert.Equal("1", Child.Run("processors", ("DOTNET_PROCESSOR_COUNT", "1")).Out);
    }

    /// <summary>As many threads as there are cores, none of which ever waits.</summary>
    private sealed class BusyThreads : IDisposable
    {
        private readonly List<Thread> _threads = [];
        private volatile bool _stop;

        public BusyThreads()
        {
            for (int i = 0; i < Environment.ProcessorCount; i++)
            {
                _threads.Add(new Thread(() =>
                {
                    while (!_stop) Thread.SpinWait(100);
                })
                { IsBackground = true });
                _threads[^1].Start();
            }
        }

        public void Dispose()
        {
            _stop = true;
            _threads.ForEach(thread => thread.Join());
        }
    }
}
