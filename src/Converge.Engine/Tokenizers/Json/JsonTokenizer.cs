
namespace Converge.Engine.Tokenizers.Json;

/// <summary>A BPE tokenizer of a <c>tokenizer.json</c>: added tokens, normalizer, pre-tokenizer, model, post-processor, decoder.</summary>
internal sealed class JsonTokenizer : Tokenizer
{
    private readonly string?[] _pieces;
    private readonly HashSet<int> _special;
    private readonly AddedTokenFinder _raw;
    private readonly AddedTokenFinder _normalized;
    private readonly Func<string, string>? _normalizer;
    private readonly Action<PieceList>? _preTokenizer;
    private readonly BytePairModel _model;
    private readonly Func<List<string>, List<string>>? _decoder;

    /// <param name="root">The whole file.</param>
    /// <param name="bytes">Its bytes, for the digest.</param>
    /// <param name="model">Its model.</param>
    /// <param name="added">Its added tokens.</param>
    /// <param name="pieces">The spelling of every id; null where there is none.</param>
    /// <param name="special">The ids with a role of their own.</param>
    public JsonTokenizer(Field root, byte[] bytes, BytePairModel model, List<AddedToken> added, string?[] pieces, SpecialIds special)
        : base(root.Path, bytes, special)
    {
        _pieces = pieces;
        _model = model;
        _normalizer = Normalizer.Read(root["normalizer"]);
        _preTokenizer = PreTokenizer.Read(root["pre_tokenizer"]);
        _decoder = Decoder.Read(root["decoder"]);
        _special = [.. added.Where(token => token.Special).Select(token => token.Id)];
        _raw = new AddedTokenFinder(added.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        _normalized = new AddedTokenFinder(added.Where(token => token.Normalized).Select(token => (_normalizer?.Invoke(token.Content) ?? token.Content, token)));
    }

    /// <inheritdoc/>
    public override int VocabSize => _pieces.Length;

    private protected override string? PieceOrNull(int id) => (uint)id < (uint)_pieces.Length ? _pieces[id] : null;

    // Tokens looked for in raw text come first; what is between them is normalised part by part and searched for the others.
    private protected override void EncodeBody(string text, List<int> ids)
    {
        var symbols = new SymbolList();
        foreach (var (start, length, token) in _raw.Cut(text))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }
            var part = text.Substring(start, length);
            var normal = _normalizer?.Invoke(part) ?? part;
            foreach (var (from, count, inner) in _normalized.Cut(normal))
            {
                if (inner is not null)
                    ids.Add(inner.Id);
                else
                    EncodePlain(normal.Substring(from, count), atStart: start == 0 && from == 0, symbols, ids);
            }
        }
    }

    private void EncodePlain(string text, bool atStart, SymbolList symbols, List<int> ids)
    {
        var pieces = new PieceList(text, atStart);
        _preTokenizer?.Invoke(pieces);
        for (var i = 0; i < pieces.Ranges.Count; i++)
            _model.Encode(pieces[i], symbols, ids);
    }

    private protected override string DecodeBody(IReadOnlyList<int> ids, bool skipSpecial)
    {
        var spellings = new List<string>(ids.Count);
        foreach (var id in ids)
            if (!skipSpecial || !_special.Contains(id))
                spellings.Add(_pieces[id]!);
        return _decoder is null ? string.Join(' ', spellings) : string.Concat(_decoder(spellings));
    }
}
