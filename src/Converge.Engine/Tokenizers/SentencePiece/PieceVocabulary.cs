namespace Converge.Engine.Tokenizers.SentencePiece;

/// <summary>
/// A model's pieces, checked, and the merges that their scores imply: two neighbouring symbols merge when their joined text is a piece, the
/// piece with the higher score first.
/// </summary>
internal sealed class PieceVocabulary
{
    /// <summary>The symbol of a character that occurs in no piece.</summary>
    public const int Foreign = -1;

    // No trained piece comes near this; it bounds the work that a hostile model can ask for.
    private const int MaxPieceLength = 1024;

    private readonly Dictionary<string, int> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _symbolBySpan;
    private readonly int[] _bytes = new int[256];

    /// <exception cref="BadInputException">The model contradicts itself or is not one that is supported.</exception>
    public PieceVocabulary(string path, ModelFile model)
    {
        _symbolBySpan = _symbols.GetAlternateLookup<ReadOnlySpan<char>>();
        Array.Fill(_bytes, -1);
        Texts = [.. model.Pieces.Select(piece => piece.Text)];
        Types = [.. model.Pieces.Select(piece => piece.Type)];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var unknown = -1;
        for (var id = 0; id < Texts.Length; id++)
        {
            var (text, score, type) = model.Pieces[id];
            if (text.Length is 0 or > MaxPieceLength)
                throw Bad(path, $"has a piece of {text.Length} characters (id {id})");
            if (!seen.Add(text))
                throw Bad(path, $"has the piece '{text}' twice (the second is id {id})");
            if (!float.IsFinite(score))
                throw Bad(path, $"gives piece {id} the score {score}");
            switch (type)
            {
                case PieceType.Normal:
                    _symbols.Add(text, id);
                    break;
                case PieceType.UserDefined:
                    _symbols.Add(text, id);
                    UserSymbols.Add(text, id);
                    break;
                case PieceType.Unknown:
                    unknown = unknown < 0 ? id : throw Bad(path, $"has two unknown pieces (ids {unknown} and {id})");
                    break;
                case PieceType.Byte:
                    _bytes[ByteTokens.Value(text) ?? throw Bad(path, $"has a byte piece '{text}' (id {id}), which is not of the form <0x0A>")] = id;
                    break;
                case PieceType.Control:
                    break;
                default:
                    throw new BadInputException(path, $"has a piece of type {type} (id {id}), which is not supported", "Use the checkpoint's tokenizer.json");
            }
        }
        UnknownId = unknown >= 0 ? unknown : throw Bad(path, "has no unknown piece");
        if (model.ByteFallback && _bytes.Contains(-1))
            throw Bad(path, $"asks for byte fallback but has no piece for byte 0x{Array.IndexOf(_bytes, -1):X2}");
        Merges = FindMerges(model.Pieces);
    }

    /// <summary>The pieces' spellings, by id.</summary>
    public string[] Texts { get; }

    /// <summary>The pieces' types, by id.</summary>
    public PieceType[] Types { get; }

    /// <summary>The id of the unknown piece.</summary>
    public int UnknownId { get; }

    /// <summary>Text that is always one token.</summary>
    public UserSymbols UserSymbols { get; } = new();

    /// <summary>The merges. Symbols are ids, and numbers from the vocabulary's size up for characters that occur in pieces but are none.</summary>
    public PairTable Merges { get; }

    /// <summary>The symbol of a character.</summary>
    public int SymbolOf(ReadOnlySpan<char> character) => _symbolBySpan.TryGetValue(character, out var symbol) ? symbol : Foreign;

    /// <summary>The id of a byte's piece, or -1.</summary>
    public int ByteId(byte value) => _bytes[value];

    /// <summary>The id of a control piece with this spelling, or null.</summary>
    public int? ControlId(string text)
    {
        var id = Array.IndexOf(Texts, text);
        return id >= 0 && Types[id] == PieceType.Control ? id : null;
    }

    private PairTable FindMerges(List<ModelFile.Piece> pieces)
    {
        var ranks = Ranks(pieces);
        var characters = Texts.Length;
        var table = new PairTable(2 * pieces.Count);
        foreach (var (text, id) in _symbols.ToArray())
            foreach (var rune in text.EnumerateRunes())
                if (_symbols.TryAdd(rune.ToString(), characters))
                    characters++;
        for (var id = 0; id < Texts.Length; id++)
        {
            if (Types[id] is not (PieceType.Normal or PieceType.UserDefined))
                continue;
            var text = Texts[id].AsSpan();
            for (var cut = 1; cut < text.Length; cut++)
                if (_symbolBySpan.TryGetValue(text[..cut], out var left) && _symbolBySpan.TryGetValue(text[cut..], out var right))
                    table.Set(left, right, ranks[id], id);
        }
        return table;
    }

    // Equal scores share a rank, so that among them the leftmost pair merges first.
    private static int[] Ranks(List<ModelFile.Piece> pieces)
    {
        var ranks = new int[pieces.Count];
        var order = Enumerable.Range(0, pieces.Count).OrderByDescending(id => pieces[id].Score).ToArray();
        for (var i = 1; i < order.Length; i++)
            ranks[order[i]] = ranks[order[i - 1]] + (pieces[order[i]].Score < pieces[order[i - 1]].Score ? 1 : 0);
        return ranks;
    }

    private static BadInputException Bad(string path, string what) => new(path, what, "Take the file from the checkpoint again");
}
