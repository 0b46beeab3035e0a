using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Generation;

/// <summary>
/// Keys and values of every block, [rows, key-value heads * head width]: first those of the prompts' forest, shared prefixes once, then room for the new tokens
/// of one sequence after the other.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class KeyValueStore<T> : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly PromptForest _forest;
    private readonly int _room;
    private readonly Matrix<T>[] _keys;
    private readonly Matrix<T>[] _values;

    /// <param name="config">The model's shape.</param>
    /// <param name="forest">The prompts.</param>
    /// <param name="sequences">The number of sequences.</param>
    /// <param name="room">New tokens of each.</param>
    public KeyValueStore(ModelConfig config, PromptForest forest, int sequences, int room)
    {
        (_forest, _room) = (forest, room);
        int rows = checked(forest.Tokens.Length + sequences * room);
        _keys = [.. Enumerable.Range(0, config.Layers).Select(_ => new Matrix<T>(rows, config.KeyValueWidth))];
        _values = [.. Enumerable.Range(0, config.Layers).Select(_ => new Matrix<T>(rows, config.KeyValueWidth))];
    }

    /// <summary>The bytes that a token takes.</summary>
    public static long BytesPerToken(ModelConfig config) => 2L * config.Layers * config.KeyValueWidth * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();

    /// <summary>The keys of a block.</summary>
    public MatrixView<T> Keys(int layer) => _keys[layer].View;

    /// <summary>The values of a block.</summary>
    public MatrixView<T> Values(int layer) => _values[layer].View;

    /// <summary>The row of new token <paramref name="index"/> of a sequence.</summary>
    public int Row(int sequence, int index) => _forest.Tokens.Length + sequence * _room + index;

    /// <summary>The segment of a sequence's first <paramref name="count"/> new tokens.</summary>
    public Segment New(int sequence, int count)
    {
        int parent = _forest.LastSegment(sequence);
        return new Segment(Row(sequence, 0), count, parent, _forest.Segments[parent].End);
    }

    /// <summary>Keeps what a pass over the prompts computed in a block, a row for every token of the forest.</summary>
    public void Keep(int layer, MatrixView<T> keys, MatrixView<T> values)
    {
        _keys[layer].View.RowRange(0, keys.Rows).CopyFrom(keys);
        _values[layer].View.RowRange(0, values.Rows).CopyFrom(values);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in _keys.Concat(_values)) matrix.Dispose();
    }
}
