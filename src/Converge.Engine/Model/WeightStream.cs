using System.Diagnostics;
using Converge.Engine.Checkpoints;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>
/// Lets the blocks of a checkpoint that is larger than memory pass through it: a thread of its own reads the next block while one computes, and a block that is
/// done is let go of. Allocates nothing for a block.
/// </summary>
internal sealed unsafe class WeightStream : IDisposable
{
    private readonly WeightView[][] _blocks;
    private readonly bool[] _isRead;
    private readonly object _changed = new();
    private Thread? _reader;
    private int _wanted = -1;
    private bool _stopping;
    private long _bytes;
    private long _readingTicks;
    private long _waitingTicks;

    private WeightStream(WeightView[][] blocks) => (_blocks, _isRead) = (blocks, new bool[blocks.Length]);

    /// <summary>For weights that stay where they are.</summary>
    public static WeightStream None { get; } = new([]);

    /// <summary>What was read so far; null where nothing streams.</summary>
    public WeightReading? Reading => _blocks.Length == 0 ? null : new(Interlocked.Read(ref _bytes), Seconds(ref _readingTicks), Seconds(ref _waitingTicks));

    /// <summary>For weights that are mapped from files.</summary>
    public static WeightStream Of(LlamaWeights weights) => new([.. weights.Blocks.Select(block => LinearLayers.All.Select(layer => block[layer]).ToArray())]);

    /// <summary>Waits until a block is in memory, and begins to read the one that is wanted after it.</summary>
    /// <param name="layer">The block to compute with now.</param>
    /// <param name="next">The block after it; of no block where there is none of that number.</param>
    public void Begin(int layer, int next)
    {
        if (_blocks.Length == 0) return;
        lock (_changed)
        {
            long started = Stopwatch.GetTimestamp();
            // Asked for again where another pass let go of it in the meantime.
            while (!_isRead[layer])
            {
                if (_wanted < 0) Ask(layer);
                Monitor.Wait(_changed);
            }
            Interlocked.Add(ref _waitingTicks, Stopwatch.GetTimestamp() - started);
            if (next >= 0 && next < _blocks.Length && !_isRead[next] && _wanted < 0) Ask(next);
        }
    }

    /// <summary>Lets go of a block.</summary>
    public void Release(int layer)
    {
        if (_blocks.Length == 0) return;
        lock (_changed) _isRead[layer] = false;
        foreach (var weight in _blocks[layer]) MemoryAdvice.Release(weight.Data, weight.Bytes);
    }

    /// <summary>Ends the reading, so that the mapping may go.</summary>
    public void Dispose()
    {
        lock (_changed)
        {
            _stopping = true;
            Monitor.PulseAll(_changed);
        }
        _reader?.Join();
    }

    private void Ask(int layer)
    {
        _wanted = layer;
        if (_reader is null)
        {
            _reader = new Thread(Read) { IsBackground = true, Name = "converge weights" };
            _reader.Start();
        }
        Monitor.PulseAll(_changed);
    }

    private void Read()
    {
        while (true)
        {
            int layer;
            lock (_changed)
            {
                while (_wanted < 0 && !_stopping) Monitor.Wait(_changed);
                if (_stopping) return;
                layer = _wanted;
            }
            long started = Stopwatch.GetTimestamp();
            foreach (var weight in _blocks[layer])
            {
                MemoryAdvice.Read(weight.Data, weight.Bytes);
                Interlocked.Add(ref _bytes, weight.Bytes);
            }
            Interlocked.Add(ref _readingTicks, Stopwatch.GetTimestamp() - started);
            lock (_changed)
            {
                (_isRead[layer], _wanted) = (true, -1);
                Monitor.PulseAll(_changed);
            }
        }
    }

    private static double Seconds(ref long ticks) => (double)Interlocked.Read(ref ticks) / Stopwatch.Frequency;
}

/// <summary>What was read of weights that pass through memory.</summary>
/// <param name="Bytes">Bytes of weights, each time that they were read.</param>
/// <param name="ReadingSeconds">How long reading took, most of it beside the computation.</param>
/// <param name="WaitingSeconds">How long the computation waited for it.</param>
public sealed record WeightReading(long Bytes, double ReadingSeconds, double WaitingSeconds);
