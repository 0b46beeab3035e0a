using System.Security.Cryptography;
using Converge.Engine.Tokenizers.SentencePiece;
using Converge.Engine.Tokenizers.Unicode;

namespace Converge.Engine.Tokenizers;

/// <summary>
/// Turns text into token ids and back, exactly as the checkpoint's own tokenizer does. Immutable and safe to use from many threads.
/// </summary>
public abstract class Tokenizer
{
    private readonly SpecialIds _special;

    private protected Tokenizer(string path, byte[] bytes, SpecialIds special)
    {
        Path = path;
        Digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        _special = special;
    }

    /// <summary>The SHA-256 of the tokenizer's file, in lower-case hexadecimal.</summary>
    public string Digest { get; }

    /// <summary>The largest token id plus one, added tokens included: the number of rows that an embedding needs.</summary>
    public abstract int VocabSize { get; }

    /// <summary>The token that begins a sequence, if the tokenizer has one.</summary>
    public int? BosId => _special.Bos;

    /// <summary>The token that ends a sequence, if the tokenizer has one.</summary>
    public int? EosId => _special.Eos;

    /// <summary>The token that stands for what the vocabulary cannot spell, if the tokenizer has one.</summary>
    public int? UnknownId => _special.Unknown;

    /// <summary>Whether <see cref="Encode"/> puts <see cref="BosId"/> in front.</summary>
    public bool AddsBos => BosId is { } bos && _special.Prefix.Contains(bos);

    /// <summary>The tokenizer's file, for messages.</summary>
    private protected string Path { get; }

    /// <summary>Reads the tokenizer of a checkpoint directory: <c>tokenizer.json</c> where there is one, else <c>tokenizer.model</c>.</summary>
    /// <param name="directory">The directory; <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c> and <c>config.json</c> in it are read where present.</param>
    /// <exception cref="BadInputException">Neither file is there, or one is malformed, contradicts itself or asks for something that is not supported.</exception>
    public static Tokenizer Load(string directory)
    {
        var declared = DeclaredTokens.Read(directory);
        var json = System.IO.Path.Combine(directory, "tokenizer.json");
        if (File.Exists(json))
            return TokenizerJson.Read(json, declared);
        var model = System.IO.Path.Combine(directory, "tokenizer.model");
        if (File.Exists(model))
            return SentencePieceTokenizer.Read(model, declared);
        throw new BadInputException(directory, "holds neither tokenizer.json nor tokenizer.model", "Point to a checkpoint directory with one of the two");
    }

    /// <summary>The token ids of a text.</summary>
    /// <param name="text">Any text; a surrogate without its partner counts as U+FFFD.</param>
    /// <param name="addSpecial">
    /// Whether to add the special tokens that the model wants around a text: exactly one BOS in front where it wants one, also when the text
    /// itself begins with the BOS token's spelling.
    /// </param>
    public int[] Encode(string text, bool addSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 3 + 4);
        if (addSpecial)
            ids.AddRange(_special.Prefix);
        var body = ids.Count;
        EncodeBody(WellFormed.Text(text), ids);
        if (body > 0 && ids.Count > body && ids[body - 1] == BosId && ids[body] == BosId)
            ids.RemoveAt(body);
        if (addSpecial)
            ids.AddRange(_special.Suffix);
        return [.. ids];
    }

    /// <summary>The text of token ids, as the tokenizer's own library gives it (without any clean-up of spaces before punctuation).</summary>
    /// <param name="ids">The token ids.</param>
    /// <param name="skipSpecial">
    /// Leaves out special tokens. Otherwise those of a <c>tokenizer.json</c> are spelled out; SentencePiece never spells its control tokens.
    /// </param>
    /// <exception cref="BadInputException">An id is not in the vocabulary.</exception>
    public string Decode(IReadOnlyList<int> ids, bool skipSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (var id in ids)
            Piece(id);
        return DecodeBody(ids, skipSpecial);
    }

    /// <summary>A token as the vocabulary spells it, for showing: <c>▁the</c>, <c>Ġthe</c>, <c>&lt;0x0A&gt;</c>.</summary>
    /// <exception cref="BadInputException">The id is not in the vocabulary.</exception>
    public string Piece(int id) => PieceOrNull(id)
        ?? throw new BadInputException(Path, $"has no token with id {id} (ids run from 0 to {VocabSize - 1})", "Check that the ids come from this tokenizer");

    private protected abstract void EncodeBody(string text, List<int> ids);

    private protected abstract string DecodeBody(IReadOnlyList<int> ids, bool skipSpecial);

    private protected abstract string? PieceOrNull(int id);
}
