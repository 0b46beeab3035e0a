using System.Runtime.InteropServices;
using System.Text.Json;
using Converge.Engine.Tokenizers.Json;

namespace Converge.Engine.Tokenizers.Training;

/// <summary>
/// How often each word occurs in a text. Words are cut, and spelled in the byte alphabet, by the very pre-tokenizer that is written for the
/// trained vocabulary, so that training sees what encoding will see.
/// </summary>
internal sealed class WordCounts
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly Action<PieceList> _cut;

    public WordCounts()
    {
        _bySpan = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        _cut = PreTokenizer.Read(new Field(JsonSerializer.SerializeToElement(TokenizerJson.ByteLevel()), "tokenizer.json", "pre_tokenizer"))!;
    }

    /// <summary>The words with their counts.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Counts the words of a text.</summary>
    public void Add(string text)
    {
        var pieces = new PieceList(text, atStart: true);
        _cut(pieces);
        for (var i = 0; i < pieces.Ranges.Count; i++)
            CollectionsMarshal.GetValueRefOrAddDefault(_bySpan, pieces[i], out _)++;
    }
}
