using Converge.Engine.Checkpoints;
using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>
/// Lets the blocks of a checkpoint that is larger than memory pass through it: the next block is read while one computes, and a block that is done is let go of.
/// </summary>
internal sealed unsafe class WeightStream
{
    private readonly IReadOnlyList<WeightView[]> _blocks;
    private Task _reading = Task.CompletedTask;
    private int _read = -1;

    private WeightStream(IReadOnlyList<WeightView[]> blocks) => _blocks = blocks;

    /// <summary>For weights that stay where they are.</summary>
    public static WeightStream None { get; } = new([]);

    /// <summary>For weights that are mapped from files.</summary>
    public static WeightStream Of(LlamaWeights weights) => new([.. weights.Blocks.Select(block => LinearLayers.All.Select(layer => block[layer]).ToArray())]);

    /// <summary>The size of a matrix where it lies, in bytes.</summary>
    public static long Bytes(WeightView weight) => (long)weight.Rows * weight.Columns * weight.Type.Size();

    /// <summary>Begins to read a block; nothing where there is none of that number, or the last reading is not done.</summary>
    public void Read(int layer)
    {
        if (layer < 0 || layer >= _blocks.Count || !_reading.IsCompleted) return;
        _read = layer;
        _reading = Task.Run(() =>
        {
            foreach (var weight in _blocks[layer]) MemoryAdvice.Read((byte*)weight.Data, Bytes(weight));
        });
    }

    /// <summary>Lets go of a block.</summary>
    public void Release(int layer)
    {
        if (layer >= _blocks.Count) return;
        // A reading that came late would bring it back.
        if (layer == _read) Finish();
        foreach (var weight in _blocks[layer]) MemoryAdvice.Release((byte*)weight.Data, Bytes(weight));
    }

    /// <summary>Waits for a reading that is under way: the mapping must outlive it.</summary>
    public void Finish() => _reading.Wait();
}
