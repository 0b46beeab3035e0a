namespace Converge.Engine.Tokenizers;

/// <summary>
/// The symbols of one piece of text, merged by byte pair encoding: again and again the pair of lowest rank, the leftmost among equals.
/// A linked list with a queue of candidate pairs keeps it at O(n log n) for any text. Reused from piece to piece; not thread-safe.
/// </summary>
internal sealed class SymbolList
{
    private const int None = -1;

    // A pair's place in the queue: its rank, then its position, which no two live pairs share.
    private readonly PriorityQueue<int, long> _candidates = new();
    private Symbol[] _symbols = new Symbol[64];

    /// <summary>The number of symbols before merging, merged ones included after it.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all symbols.</summary>
    public void Clear() => Count = 0;

    /// <summary>Appends a symbol that begins at an offset of the text.</summary>
    public void Add(int id, int offset)
    {
        if (Count == _symbols.Length)
            Array.Resize(ref _symbols, 2 * Count);
        _symbols[Count] = new Symbol { Id = id, Offset = offset, Previous = Count - 1, Next = None };
        if (Count > 0)
            _symbols[Count - 1].Next = Count;
        Count++;
    }

    /// <summary>The id and text offset of the symbol at an index; start with 0 and go on with what <see cref="Next"/> gives.</summary>
    public (int Id, int Offset) this[int index] => (_symbols[index].Id, _symbols[index].Offset);

    /// <summary>The index of the symbol after the one at <paramref name="index"/>, or -1 at the end.</summary>
    public int Next(int index) => _symbols[index].Next;

    /// <summary>Merges until no pair is left that the table knows.</summary>
    public void Merge(PairTable table)
    {
        for (var left = 0; left + 1 < Count; left++)
            Propose(table, left);
        while (_candidates.TryDequeue(out var merged, out var place))
        {
            var left = (int)(place & uint.MaxValue);
            ref var symbol = ref _symbols[left];
            var right = symbol.Next;
            // A candidate is stale when either of its symbols has since become part of another.
            if (symbol.Gone || right == None || !table.TryGet(symbol.Id, _symbols[right].Id, out var rule) || rule.Merged != merged)
                continue;
            symbol.Id = merged;
            symbol.Next = _symbols[right].Next;
            _symbols[right].Gone = true;
            if (symbol.Next != None)
            {
                _symbols[symbol.Next].Previous = left;
                Propose(table, left);
            }
            if (symbol.Previous != None)
                Propose(table, symbol.Previous);
        }
    }

    private void Propose(PairTable table, int left)
    {
        if (table.TryGet(_symbols[left].Id, _symbols[_symbols[left].Next].Id, out var rule))
            _candidates.Enqueue(rule.Merged, ((long)rule.Rank << 32) | (uint)left);
    }

    private struct Symbol
    {
        public int Id;
        public int Offset;
        public int Previous;
        public int Next;
        public bool Gone;
    }
}
