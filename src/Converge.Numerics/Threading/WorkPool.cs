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
    private readonly Dictionary<Type, PoolWork> _works = [];
    private PoolWork? _work;
    private ExceptionDispatchInfo? _error;
    private volatile bool _stopping;
    private int _generation;
    private int _sleeping;

    // The job's number in the upper half, the next piece in the lower. A piece is claimed by exchanging the whole, so that a thread that is late from an
    // earlier job takes a piece of this one or none, and nothing needs to be allocated for a job.
    private long _ticket;
    private int _count;
    private int _done;

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
    /// Called from inside a body, it runs on that thread alone. With a static body nothing is allocated, but on the first call with this type of state.
    /// </summary>
    /// <param name="count">The number of pieces.</param>
    /// <param name="state">What every call of <paramref name="body"/> is given.</param>
    /// <param name="body">Does the piece of a number.</param>
    /// <exception cref="Exception">The first exception that a body threw; the remaining pieces are skipped.</exception>
    public void For<TState>(int count, TState state, Action<TState, int> body)
    {
        if (count <= 0) return;
        if (count == 1 || Threads == 1 || t_inside)
        {
            for (int i = 0; i < count; i++) body(state, i);
            return;
        }
        lock (_oneCaller)
        {
            var work = WorkOf<TState>();
            Begin(work, count);
            (work.State, work.Body) = (state, body);
            Open();
            Pull();
            WaitForOthers();
            (work.State, work.Body) = (default!, null);
            _error?.Throw();
        }
    }

    /// <summary>As the other, for bodies that bring their state along.</summary>
    public void For(int count, Action<int> body) => For(count, body, static (body, index) => body(index));

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
            Pull();
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

    private PoolWork<TState> WorkOf<TState>()
    {
        if (_works.TryGetValue(typeof(TState), out var known)) return (PoolWork<TState>)known;
        var work = new PoolWork<TState>();
        _works.Add(typeof(TState), work);
        return work;
    }

    // No thread holds a piece of the last job any more, and none gets one of this before it is open.
    private void Begin(PoolWork work, int count)
    {
        Volatile.Write(ref _ticket, ((_ticket >> 32) + 1 << 32) | int.MaxValue);
        (_work, _error) = (work, null);
        Volatile.Write(ref _done, 0);
        Volatile.Write(ref _count, count);
    }

    private void Open()
    {
        Volatile.Write(ref _ticket, _ticket >> 32 << 32);
        Interlocked.Increment(ref _generation);
        int sleeping = Volatile.Read(ref _sleeping);
        if (sleeping > 0) _wake.Release(sleeping);
    }

    private void Pull()
    {
        bool outer = t_inside;
        t_inside = true;
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket);
            int index = (int)ticket;
            if (index >= Volatile.Read(ref _count)) break;
            if (Interlocked.CompareExchange(ref _ticket, ticket + 1, ticket) != ticket) continue;
            try
            {
                if (Volatile.Read(ref _error) is null) _work!.Run(index);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(error), null);
            }
            Interlocked.Increment(ref _done);
        }
        t_inside = outer;
    }

    private void WaitForOthers()
    {
        var wait = new SpinWait();
        while (Volatile.Read(ref _done) < _count) wait.SpinOnce(sleep1Threshold: -1);
    }
}
