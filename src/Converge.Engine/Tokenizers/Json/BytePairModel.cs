using System.Text;

namespace Converge.Engine.Tokenizers.Json;

/// <summary>The <c>model</c> of a <c>tokenizer.json</c>: a BPE vocabulary with ranked merges.</summary>
internal sealed class BytePairModel
{
    /// <summary>The largest id accepted; far above any vocabulary, it bounds the memory that a lying file can ask for.</summary>
    public const int MaxId = (1 << 24) - 1;

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idBySpan;
    private readonly PairTable _merges;
    private readonly SpaceBoundaries _boundaries;
    private readonly PieceCache _cache = new();
    private readonly int[] _byteIds = new int[256];
    private readonly bool _byteFallback;
    private readonly bool _fuseUnknown;
    private readonly bool _ignoreMerges;

    private BytePairModel(Field field)
    {
        _idBySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        ReadVocabulary(field["vocab"]);
        _merges = ReadMerges(field["merges"]);
        _boundaries = new SpaceBoundaries(_ids.Keys);
        for (var value = 0; value < 256; value++)
            _byteIds[value] = _ids.GetValueOrDefault(ByteTokens.Spelling((byte)value), -1);
        _byteFallback = field["byte_fallback"].Flag(missing: false);
        _fuseUnknown = field["fuse_unk"].Flag(missing: false);
        _ignoreMerges = field["ignore_merges"].Flag(missing: false);
        if (!field["unk_token"].IsNull)
            UnknownId = IdOf(field["unk_token"].Text()) ?? throw field["unk_token"].Wrong("is not in the vocabulary");
    }

    /// <summary>The spellings with their ids.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary => _ids;

    /// <summary>The id for what the vocabulary cannot spell, if there is one.</summary>
    public int? UnknownId { get; }

    /// <summary>Reads the model.</summary>
    /// <exception cref="BadInputException">It is not BPE, contradicts itself or asks for something that is not supported.</exception>
    public static BytePairModel Read(Field field)
    {
        field.Only("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        if (!field["type"].IsNull && field["type"].Text() != "BPE")
            throw field.NotSupported($"is of type {field["type"].Text()}");
        var dropout = field["dropout"];
        if (!dropout.IsNull && !(dropout.Value.ValueKind == System.Text.Json.JsonValueKind.Number && dropout.Value.GetDouble() == 0))
            throw dropout.NotSupported("is set");
        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
            if (!field[name].IsNull && field[name].Text().Length > 0)
                throw field[name].NotSupported("is set");
        return new BytePairModel(field);
    }

    /// <summary>The id of a token's exact spelling, or null.</summary>
    public int? IdOf(string spelling) => _ids.TryGetValue(spelling, out var id) ? id : null;

    /// <summary>Appends the ids of one piece of text.</summary>
    public void Encode(ReadOnlySpan<char> piece, SymbolList symbols, List<int> ids)
    {
        if (_ignoreMerges && _idBySpan.TryGetValue(piece, out var whole))
        {
            ids.Add(whole);
            return;
        }
        while (!piece.IsEmpty)
        {
            var part = piece[.._boundaries.First(piece)];
            piece = piece[part.Length..];
            if (!_cache.TryGet(part, out var known))
            {
                known = Merge(part, symbols);
                _cache.Add(part, known);
            }
            ids.AddRange(known);
        }
    }

    private int[] Merge(ReadOnlySpan<char> part, SymbolList symbols)
    {
        symbols.Clear();
        var afterUnknown = false;
        for (var offset = 0; offset < part.Length;)
        {
            Rune.DecodeFromUtf16(part[offset..], out var rune, out var length);
            if (_idBySpan.TryGetValue(part.Slice(offset, length), out var id))
            {
                symbols.Add(id, offset);
                afterUnknown = false;
            }
            else if (_byteFallback && AddBytes(rune, offset, symbols))
            {
                afterUnknown = false;
            }
            else if (UnknownId is { } unknown)
            {
                if (!afterUnknown || !_fuseUnknown)
                    symbols.Add(unknown, offset);
                afterUnknown = true;
            }
            offset += length;
        }
        symbols.Merge(_merges);
        var ids = new List<int>();
        if (symbols.Count > 0)
            for (var index = 0; index >= 0; index = symbols.Next(index))
                ids.Add(symbols[index].Id);
        return [.. ids];
    }

    private bool AddBytes(Rune rune, int offset, SymbolList symbols)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..rune.EncodeToUtf8(bytes)];
        foreach (var value in bytes)
            if (_byteIds[value] < 0)
                return false;
        foreach (var value in bytes)
            symbols.Add(_byteIds[value], offset);
        return true;
    }

    private void ReadVocabulary(Field field)
    {
        var spellings = new HashSet<int>();
        foreach (var (spelling, value) in field.Members())
        {
            var id = value.Count(MaxId);
            if (!_ids.TryAdd(spelling, id))
                throw field.Wrong($"has the token '{spelling}' twice");
            if (!spellings.Add(id))
                throw field.Wrong($"gives two tokens the id {id}");
        }
    }

    private PairTable ReadMerges(Field field)
    {
        var table = new PairTable(field.IsNull ? 0 : _ids.Count);
        var rank = 0;
        foreach (var rule in field.Items())
        {
            var (left, right) = Pair(rule);
            table.Set(Known(rule, left), Known(rule, right), rank++, Known(rule, left + right));
        }
        return table;
    }

    private static (string Left, string Right) Pair(Field rule)
    {
        var parts = rule.Value.ValueKind == System.Text.Json.JsonValueKind.Array ? [.. rule.Items().Select(item => item.Text())] : rule.Text().Split(' ');
        return parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0 ? (parts[0], parts[1]) : throw rule.Wrong("is not a pair of tokens");
    }

    private int Known(Field rule, string spelling) => IdOf(spelling) ?? throw rule.Wrong($"names the token '{spelling}', which the vocabulary lacks");
}
