using System.Text;

namespace Converge.Engine.Tokenizers.SentencePiece;

/// <summary>A SentencePiece BPE model (<c>tokenizer.model</c>, as of Llama-2). Spellings of control pieces in a text are plain text.</summary>
internal sealed class SentencePieceTokenizer : Tokenizer
{
    // Symbols below this are user-defined pieces in text, which take no part in merges.
    private const int FirstFrozen = PieceVocabulary.Foreign - 1;

    private readonly ModelFile _model;
    private readonly PieceVocabulary _vocabulary;
    private readonly WhitespaceNormalizer _normalizer;
    private readonly SpaceBoundaries _boundaries;
    private readonly PieceCache _cache = new();

    private SentencePieceTokenizer(string path, byte[] bytes, ModelFile model, PieceVocabulary vocabulary, SpecialIds special)
        : base(path, bytes, special)
    {
        _model = model;
        _vocabulary = vocabulary;
        _normalizer = new WhitespaceNormalizer(model, vocabulary.UserSymbols);
        _boundaries = new SpaceBoundaries(vocabulary.Texts);
    }

    /// <inheritdoc/>
    public override int VocabSize => _vocabulary.Texts.Length;

    /// <summary>Reads a model. A BOS is put in front where the model has one, unless <c>tokenizer_config.json</c> says otherwise.</summary>
    /// <exception cref="BadInputException">The file is malformed, contradicts itself or is of a kind that is not supported.</exception>
    public static SentencePieceTokenizer Read(string path, DeclaredTokens declared)
    {
        var bytes = JsonFile.Bytes(path);
        var model = ModelFileReader.Read(path, bytes);
        if (model.Pieces.Count == 0)
            throw new BadInputException(path, "is not a SentencePiece model (no pieces in it)", "Take the file from the checkpoint again");
        if (model.ModelType != 2)
            throw new BadInputException(path, $"is a SentencePiece model of type {TypeName(model.ModelType)}; only BPE is supported", "Use a checkpoint with a BPE tokenizer or a tokenizer.json");
        if (model.HasCharacterMap)
            throw new BadInputException(path, "normalises characters by a table of its own (precompiled_charsmap), which is not supported", "Use the checkpoint's tokenizer.json");
        var vocabulary = new PieceVocabulary(path, model);
        int? IdOf(string text) => Array.IndexOf(vocabulary.Texts, text) is var at && at >= 0 ? at : null;
        var bos = (declared.Bos is { } spelling ? IdOf(spelling) : null) ?? vocabulary.ControlId(model.BosPiece);
        var file = new SpecialIds(bos, vocabulary.ControlId(model.EosPiece), vocabulary.UnknownId, bos is { } id ? [id] : [], []);
        var special = SpecialIds.Resolve(file, declared, IdOf, model.Pieces.Count);
        return new SentencePieceTokenizer(path, bytes, model, vocabulary, special);
    }

    private protected override string? PieceOrNull(int id) => (uint)id < (uint)_vocabulary.Texts.Length ? _vocabulary.Texts[id] : null;

    private protected override void EncodeBody(string text, List<int> ids)
    {
        var start = ids.Count;
        var symbols = new SymbolList();
        var rest = _normalizer.Normalize(text).AsSpan();
        while (!rest.IsEmpty)
        {
            var length = _boundaries.First(rest);
            var part = rest[..length];
            rest = rest[length..];
            if (!_cache.TryGet(part, out var known))
            {
                known = [.. EncodePart(part, symbols)];
                _cache.Add(part, known);
            }
            ids.AddRange(known);
        }
        FuseUnknown(ids, start);
    }

    private List<int> EncodePart(ReadOnlySpan<char> part, SymbolList symbols)
    {
        symbols.Clear();
        for (var offset = 0; offset < part.Length;)
        {
            var length = _vocabulary.UserSymbols.LengthAt(part[offset..], out var id);
            symbols.Add(id is { } whole ? FirstFrozen - whole : _vocabulary.SymbolOf(part.Slice(offset, length)), offset);
            offset += length;
        }
        symbols.Merge(_vocabulary.Merges);

        var ids = new List<int>();
        for (var index = 0; index >= 0; index = symbols.Next(index))
        {
            var (symbol, offset) = symbols[index];
            if (symbol >= 0 && symbol < VocabSize)
                ids.Add(symbol);
            else if (symbol <= FirstFrozen)
                ids.Add(FirstFrozen - symbol);
            else
                AddUnknown(part[offset..], ids);
        }
        return ids;
    }

    private void AddUnknown(ReadOnlySpan<char> text, List<int> ids)
    {
        if (!_model.ByteFallback)
        {
            ids.Add(_vocabulary.UnknownId);
            return;
        }
        Rune.DecodeFromUtf16(text, out var rune, out _);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            ids.Add(_vocabulary.ByteId(value));
    }

    // A run of unknown characters is one token.
    private void FuseUnknown(List<int> ids, int start)
    {
        var kept = start;
        for (var i = start; i < ids.Count; i++)
            if (ids[i] != _vocabulary.UnknownId || i == start || ids[i - 1] != _vocabulary.UnknownId)
                ids[kept++] = ids[i];
        ids.RemoveRange(kept, ids.Count - kept);
    }

    private protected override string DecodeBody(IReadOnlyList<int> ids, bool skipSpecial)
    {
        var text = new StringBuilder();
        var bytes = new List<byte>();
        var atStart = true;
        var sawLeadingSpace = false;
        foreach (var id in ids)
        {
            if (_vocabulary.Types[id] == PieceType.Byte)
            {
                bytes.Add(ByteTokens.Value(_vocabulary.Texts[id])!.Value);
                continue;
            }
            FlushBytes(bytes, text);
            atStart &= !sawLeadingSpace && text.Length == 0;
            text.Append(Surface(id, atStart, out sawLeadingSpace));
        }
        FlushBytes(bytes, text);
        return text.ToString();
    }

    // The dummy prefix was put there by encoding, so one space at the start goes; with extra spaces removed, every space there goes.
    private string Surface(int id, bool atStart, out bool sawLeadingSpace)
    {
        sawLeadingSpace = false;
        switch (_vocabulary.Types[id])
        {
            case PieceType.Control: return "";
            case PieceType.Unknown: return _model.UnknownSurface;
        }
        var piece = _vocabulary.Texts[id].AsSpan();
        if (atStart && (_model.AddDummyPrefix || _model.RemoveExtraWhitespaces) && piece[0] == SpaceBoundaries.Space)
        {
            piece = piece[1..];
            sawLeadingSpace = !_model.RemoveExtraWhitespaces;
        }
        return piece.ToString().Replace(SpaceBoundaries.Space, ' ');
    }

    private static void FlushBytes(List<byte> bytes, StringBuilder text)
    {
        for (var rest = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes); !rest.IsEmpty;)
        {
            // Each byte that begins no valid character is one replacement character.
            var valid = Rune.DecodeFromUtf8(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            text.Append(valid ? rune : Rune.ReplacementChar);
            rest = rest[(valid ? length : 1)..];
        }
        bytes.Clear();
    }

    private static string TypeName(int type) => type switch { 1 => "unigram", 3 => "word", 4 => "char", _ => type.ToString() };
}
