using System.Text;

namespace Converge.Engine.Tokenizers.SentencePiece;

/// <summary>The user-defined symbols of a model: text that is always one token, the longest first.</summary>
internal sealed class UserSymbols
{
    private readonly Dictionary<char, List<(string Text, int Id)>> _byFirst = [];

    /// <summary>Adds a symbol.</summary>
    public void Add(string text, int id)
    {
        if (!_byFirst.TryGetValue(text[0], out var sharing))
            _byFirst[text[0]] = sharing = [];
        var place = sharing.FindIndex(other => other.Text.Length < text.Length);
        sharing.Insert(place < 0 ? sharing.Count : place, (text, id));
    }

    /// <summary>The length of what stands at the start of a text: a user-defined symbol, or else one character.</summary>
    /// <param name="text">At least one UTF-16 unit.</param>
    /// <param name="id">The symbol's id; null for a character.</param>
    public int LengthAt(ReadOnlySpan<char> text, out int? id)
    {
        id = null;
        if (_byFirst.TryGetValue(text[0], out var sharing))
            foreach (var (symbol, symbolId) in sharing)
                if (text.StartsWith(symbol))
                {
                    id = symbolId;
                    return symbol.Length;
                }
        Rune.DecodeFromUtf16(text, out _, out var length);
        return length;
    }
}
