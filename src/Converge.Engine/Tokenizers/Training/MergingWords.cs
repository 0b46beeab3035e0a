using System.Runtime.InteropServices;

namespace Converge.Engine.Tokenizers.Training;

/// <summary>
/// The distinct words of a text as sequences of tokens, and the places of every pair of neighbours. A merge visits only the places of its own
/// pair and changes only the counts of the pairs beside them; all merges together visit each place O(1) times, however long the words are.
/// </summary>
/// <param name="minimumFrequency">Pairs that occur less often are not merged.</param>
internal sealed class MergingWords(long minimumFrequency)
{
    private const int None = -1;

    private readonly List<Symbol> _symbols = [];
    private readonly Dictionary<long, Occurrences> _pairs = [];
    private readonly List<long> _unranked = [];

    // The most frequent pair first, then the one of lowest ids. A count may be out of date, but only too high: see Merge.
    private readonly PriorityQueue<long, (long MinusCount, long Pair)> _ranked = new();

    /// <summary>Adds a word; all must be there before the first merge.</summary>
    public void Add(ReadOnlySpan<int> word, long count)
    {
        var first = _symbols.Count;
        for (var i = 0; i < word.Length; i++)
            _symbols.Add(new Symbol { Id = word[i], Previous = i > 0 ? first + i - 1 : None, Next = i + 1 < word.Length ? first + i + 1 : None, Count = count });
        for (var i = 0; i + 1 < word.Length; i++)
            Note(CollectionsMarshal.AsSpan(_symbols), first + i);
    }

    /// <summary>Merges the most frequent pair, the one of lowest left and then lowest right id among equals, into a new token.</summary>
    /// <param name="merged">The id of the new token, which no word has yet.</param>
    /// <returns>The pair, or null if none is frequent enough.</returns>
    public (int Left, int Right)? MergeMostFrequent(int merged)
    {
        foreach (var fresh in _unranked)
            Rank(fresh, _pairs[fresh].Count);
        _unranked.Clear();
        while (_ranked.TryDequeue(out var pair, out var rank))
        {
            var count = _pairs[pair].Count;
            if (count == -rank.MinusCount)
            {
                var (left, right) = ((int)(pair >> 32), (int)pair);
                Merge(left, right, merged);
                return (left, right);
            }
            Rank(pair, count);
        }
        return null;
    }

    // Every pair with the new token in it is first seen here, and no later merge makes more of it: counts only fall once they are ranked.
    // For the same reason a pair's places are in ascending order, so that of overlapping ones (aaa) the leftmost merges.
    private void Merge(int left, int right, int merged)
    {
        var symbols = CollectionsMarshal.AsSpan(_symbols);
        _pairs.Remove(Key(left, right), out var occurrences);
        foreach (var place in occurrences!.Places)
        {
            ref var symbol = ref symbols[place];
            if (symbol.Id != left || symbol.Next == None || symbols[symbol.Next].Id != right)
                continue;
            ref var absorbed = ref symbols[symbol.Next];
            if (symbol.Previous != None)
                Forget(symbols[symbol.Previous].Id, left, symbol.Count);
            if (absorbed.Next != None)
                Forget(right, symbols[absorbed.Next].Id, symbol.Count);
            absorbed.Id = None;
            symbol.Id = merged;
            symbol.Next = absorbed.Next;
            if (symbol.Next != None)
            {
                symbols[symbol.Next].Previous = place;
                Note(symbols, place);
            }
            if (symbol.Previous != None)
                Note(symbols, symbol.Previous);
        }
    }

    private void Note(ReadOnlySpan<Symbol> symbols, int place)
    {
        var symbol = symbols[place];
        var pair = Key(symbol.Id, symbols[symbol.Next].Id);
        ref var occurrences = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out var known);
        if (!known)
        {
            occurrences = new Occurrences();
            _unranked.Add(pair);
        }
        occurrences!.Count += symbol.Count;
        occurrences.Places.Add(place);
    }

    // The pair that is being merged is no longer in the table, but may overlap itself.
    private void Forget(int left, int right, long count)
    {
        if (_pairs.TryGetValue(Key(left, right), out var occurrences))
            occurrences.Count -= count;
    }

    private void Rank(long pair, long count)
    {
        if (count >= minimumFrequency)
            _ranked.Enqueue(pair, (-count, pair));
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;

    private struct Symbol
    {
        public int Id;
        public int Previous;
        public int Next;
        public long Count;
    }

    private sealed class Occurrences
    {
        public long Count;
        public readonly List<int> Places = [];
    }
}
