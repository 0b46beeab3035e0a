using System.Collections.Concurrent;

namespace Converge.Numerics.Tests.Threading;

/// <summary>The pool does every piece once and survives what its pieces do.</summary>
public sealed class WorkPoolTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_piece_is_done_once(int threads) => InTime(() =>
    {
        using var pool = new WorkPool(threads);
        Assert.Equal(threads, pool.Threads);
        foreach (int count in new[] { 0, 1, 2, 3, 7, 8, 9, 100, 10_000 })
        {
            var done = new int[count];
            pool.For(count, i => Interlocked.Increment(ref done[i]));
            Assert.All(done, times => Assert.Equal(1, times));
        }
        pool.For(-1, _ => Assert.Fail("there is no piece"));
    });

    [Fact]
    public void Pieces_are_spread_over_all_threads() => InTime(() =>
    {
        using var pool = new WorkPool(3);
        var threads = new ConcurrentDictionary<int, bool>();
        using var meeting = new Barrier(3);
        pool.For(3, _ =>
        {
            threads[Environment.CurrentManagedThreadId] = true;
            Assert.True(meeting.SignalAndWait(s_patience), "three pieces did not run at the same time");
        });
        Assert.Equal(3, threads.Count);
        Assert.Contains(Environment.CurrentManagedThreadId, threads.Keys);
    });

    [Fact]
    public void The_call_ends_after_the_slowest_piece() => InTime(() =>
    {
        using var pool = new WorkPool(2);
        using var meeting = new Barrier(2);
        int caller = Environment.CurrentManagedThreadId, done = 0;
        for (int trial = 0; trial < 5; trial++)
        {
            pool.For(2, _ =>
            {
                meeting.SignalAndWait(s_patience);
                if (Environment.CurrentManagedThreadId != caller) Thread.Sleep(50);
                Interlocked.Increment(ref done);
            });
            Assert.Equal(2 * (trial + 1), Volatile.Read(ref done));
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void An_exception_reaches_the_caller_and_the_pool_goes_on(int threads) => InTime(() =>
    {
        using var pool = new WorkPool(threads);
        for (int trial = 0; trial < 200; trial++)
        {
            int thrower = trial % 20;
            var error = Assert.Throws<InvalidOperationException>(() => pool.For(20, i =>
            {
                if (i == thrower) throw new InvalidOperationException($"piece {i}");
            }));
            Assert.Equal($"piece {thrower}", error.Message);
            Assert.Contains(nameof(An_exception_reaches_the_caller_and_the_pool_goes_on), error.StackTrace);
            int sum = 0;
            pool.For(100, i => Interlocked.Add(ref sum, i));
            Assert.Equal(4950, sum);
        }
    });

    [Fact]
    public void Of_many_exceptions_one_arrives_and_pieces_not_begun_are_skipped() => InTime(() =>
    {
        using var pool = new WorkPool(2);
        int begun = 0;
        Assert.Throws<InvalidOperationException>(() => pool.For(1_000_000, _ =>
        {
            Interlocked.Increment(ref begun);
            throw new InvalidOperationException();
        }));
        Assert.InRange(begun, 1, 100);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_piece_may_call_the_pool(int threads) => InTime(() =>
    {
        using var pool = new WorkPool(threads);
        var done = new int[30 * 40];
        pool.For(30, i => pool.For(40, j => Interlocked.Increment(ref done[i * 40 + j])));
        Assert.All(done, times => Assert.Equal(1, times));
        Assert.Throws<FormatException>(() => pool.For(3, _ => pool.For(3, _ => throw new FormatException())));
        pool.For(1, _ => pool.For(40, j => Interlocked.Increment(ref done[j])));
        Assert.Equal(40, done.Count(times => times == 2));
    });

    [Fact]
    public void A_nested_call_stays_on_its_thread() => InTime(() =>
    {
        using var pool = new WorkPool(3);
        pool.For(50, _ =>
        {
            int thread = Environment.CurrentManagedThreadId;
            pool.For(20, _ => Assert.Equal(thread, Environment.CurrentManagedThreadId));
        });
    });

    [Fact]
    public void Several_callers_take_turns() => InTime(() =>
    {
        using var pool = new WorkPool(2);
        var sums = new long[4];
        var callers = Enumerable.Range(0, 4).Select(caller => new Thread(() =>
        {
            for (int trial = 0; trial < 500; trial++) pool.For(10, i => Interlocked.Add(ref sums[caller], i));
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
        Assert.All(sums, sum => Assert.Equal(500 * 45, sum));
    });

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Thousands_of_tiny_jobs_come_to_an_end(int threads) => InTime(() =>
    {
        using var pool = new WorkPool(threads);
        long sum = 0;
        for (int job = 0; job < 20_000; job++)
        {
            pool.For(2 + job % 5, i => Interlocked.Add(ref sum, i));
            // Now and then the workers fall asleep first.
            if (job % 2000 == 0) Thread.Sleep(20);
        }
        Assert.Equal(Enumerable.Range(0, 20_000).Sum(job => (long)(2 + job % 5) * (1 + job % 5) / 2), sum);
    });

    [Fact]
    public void A_pool_is_disposed_of_awake_asleep_unused_and_twice() => InTime(() =>
    {
        for (int trial = 0; trial < 60; trial++)
        {
            var pool = new WorkPool(1 + trial % 8);
            if (trial % 3 > 0) pool.For(5, _ => { });
            if (trial % 4 == 0) Thread.Sleep(10);
            pool.Dispose();
            pool.Dispose();
        }
    });

    [Fact]
    public void Disposing_ends_the_threads() => InTime(() =>
    {
        var seen = new ConcurrentDictionary<Thread, bool>();
        using var meeting = new Barrier(3);
        var pool = new WorkPool(3);
        pool.For(3, _ =>
        {
            seen[Thread.CurrentThread] = true;
            meeting.SignalAndWait(s_patience);
        });
        pool.Dispose();
        Assert.Equal(2, seen.Keys.Count(thread => !thread.IsAlive));
    });

    [Fact]
    public void Jobs_with_a_state_allocate_nothing() => InTime(() =>
    {
        using var pool = new WorkPool(3);
        var sums = new long[3];
        void Jobs(int count)
        {
            for (int job = 0; job < count; job++)
            {
                pool.For(8, (sums, job), static (state, i) => Interlocked.Add(ref state.sums[0], i));
                pool.For(8, sums, static (sums, i) => Interlocked.Add(ref sums[1], i));
                pool.For(1, sums, static (sums, _) => Interlocked.Increment(ref sums[2]));
            }
        }

        Jobs(10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Jobs(1000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal([1010 * 28, 1010 * 28, 1010], sums);
    });

    [Fact]
    public void A_thread_that_is_late_does_nothing_twice() => InTime(() =>
    {
        // More threads than cores, and jobs of every size in turn: threads wake up in the middle of other jobs than they were called for.
        using var pool = new WorkPool(4 * Environment.ProcessorCount);
        var done = new int[64];
        for (int job = 0; job < 20_000; job++)
        {
            int count = 2 + job * 7 % 63;
            pool.For(count, done, static (done, i) => Interlocked.Increment(ref done[i]));
            for (int i = 0; i < done.Length; i++)
            {
                if (done[i] != (i < count ? 1 : 0)) Assert.Fail($"job {job} of {count} did piece {i} {done[i]} times");
                done[i] = 0;
            }
        }
    });

    [Fact]
    public void No_threads_are_no_pool() => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkPool(0));

    // On a thread of its own, so that a deadlock is a failed test and not one that never ends.
    private static void InTime(Action test)
    {
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                test();
            }
            catch (Exception caught)
            {
                error = caught;
            }
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(s_patience), "still not done after a minute");
        if (error is not null) Assert.Fail(error.ToString());
    }
}
