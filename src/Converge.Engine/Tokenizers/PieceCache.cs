using System.Collections.Concurrent;

namespace Converge.Engine.Tokenizers;

/// <summary>
/// Remembers the ids of short pieces of text, since words repeat. Bounded: once full it stays as it is, so hostile text cannot fill memory.
/// </summary>
internal sealed class PieceCache
{
    private const int MaxEntries = 1 << 16;
    private const int MaxLength = 48;

    private readonly ConcurrentDictionary<string, int[]> _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private int _count;

    public PieceCache() => _bySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The ids of a piece, if they are remembered.</summary>
    public bool TryGet(ReadOnlySpan<char> piece, out int[] ids)
    {
        ids = [];
        return piece.Length <= MaxLength && _bySpan.TryGetValue(piece, out ids!);
    }

    /// <summary>Remembers the ids of a piece if it is short and there is room.</summary>
    public void Add(ReadOnlySpan<char> piece, ReadOnlySpan<int> ids)
    {
        if (piece.Length <= MaxLength && Volatile.Read(ref _count) < MaxEntries && _ids.TryAdd(piece.ToString(), ids.ToArray()))
            Interlocked.Increment(ref _count);
    }
}
