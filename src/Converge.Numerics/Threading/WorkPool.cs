using System.Runtime.ExceptionServices;

namespace Converge.Numerics;

/// <summary>
/// A persistent set of threads that pull numbered pieces of work from a shared counter. Whoever is late takes less, so a busy core slows
/// a pass by its share and no more. Which thread does a piece never matters to the result.
/// </summary>
public sealed class WorkPool : IDisposable
{
    private const int SpinsBeforeSleep = 2000;

    [ThreadStatic]
    private static bool t_inside;

    private readonly Lock _oneCaller = new();
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private Job? _job;
    private volatile bool _stopping;
    private int _generation;
    private int _sleeping;

    /// <summary>A pool of <paramref name="threads"/> threads, the caller's included.</summary>
    public WorkPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"converge worker {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>The number of threads, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>
    /// Calls <paramref name="body"/> once for every number below <paramref name="count"/>, on all threads, and returns when all are done.
    /// Called from inside a body, it runs on that thread alone.
    /// </summary>
    /// <exception cref="Exception">The first exception that a body threw; the remaining pieces are skipped.</exception>
    public void For(int count, Action<int> body)
    {
        if (count <= 0) return;
        if (count == 1 || Threads == 1 || t_inside)
        {
            for (int i = 0; i < count; i++) body(i);
            return;
        }
        lock (_oneCaller)
        {
            var job = new Job(count, body);
            Volatile.Write(ref _job, job);
            Interlocked.Increment(ref _generation);
            int sleeping = Volatile.Read(ref _sleeping);
            if (sleeping > 0) _wake.Release(sleeping);
            job.Pull();
            job.WaitForOthers();
            job.Error?.Throw();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        Interlocked.Increment(ref _generation);
        if (_threads.Length > 0) _wake.Release(_threads.Length);
        foreach (var thread in _threads) thread.Join();
        _wake.Dispose();
    }

    private void Work()
    {
        int seen = 0;
        while (true)
        {
            WaitForNext(seen);
            seen = Volatile.Read(ref _generation);
            if (_stopping) return;
            Volatile.Read(ref _job)?.Pull();
        }
    }

    private void WaitForNext(int seen)
    {
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (Volatile.Read(ref _generation) != seen) return;
            Thread.SpinWait(20);
        }
        while (Volatile.Read(ref _generation) == seen)
        {
            Interlocked.Increment(ref _sleeping);
            // The generation is read again after announcing the sleep: the caller either sees the sleeper or is seen by it.
            if (Volatile.Read(ref _generation) == seen) _wake.Wait();
            Interlocked.Decrement(ref _sleeping);
        }
    }

    private sealed class Job(int count, Action<int> body)
    {
        private int _next;
        private int _done;

        public ExceptionDispatchInfo? Error;

        public void Pull()
        {
            bool outer = t_inside;
            t_inside = true;
            try
            {
                int index;
                while ((index = Interlocked.Increment(ref _next) - 1) < count)
                {
                    try
                    {
                        if (Volatile.Read(ref Error) is null) body(index);
                    }
                    catch (Exception error)
                    {
                        Interlocked.CompareExchange(ref Error, ExceptionDispatchInfo.Capture(error), null);
                    }
                    Interlocked.Increment(ref _done);
                }
            }
            finally
            {
                t_inside = outer;
            }
        }

        public void WaitForOthers()
        {
            var wait = new SpinWait();
            while (Volatile.Read(ref _done) < count) wait.SpinOnce(sleep1Threshold: -1);
        }
    }
}
