namespace Converge.Engine.Tokenizers;

/// <summary>
/// Cuts text in front of every run of the space symbol (U+2581). Where no piece of the vocabulary runs across such a place no merge can
/// cross it either, so that words can be merged, and remembered, one by one without changing any result.
/// </summary>
internal sealed class SpaceBoundaries
{
    /// <summary>SentencePiece's visible space, LOWER ONE EIGHTH BLOCK.</summary>
    public const char Space = '\u2581';

    private readonly bool _exact = true;

    /// <param name="pieces">Every piece of the vocabulary.</param>
    public SpaceBoundaries(IEnumerable<string> pieces)
    {
        var known = false;
        foreach (var piece in pieces)
        {
            known |= piece.Length == 1 && piece[0] == Space;
            for (var i = 1; i < piece.Length; i++)
                _exact &= piece[i] != Space || piece[i - 1] == Space;
        }
        // An unknown space could be fused with an unknown character before it.
        _exact &= known;
    }

    /// <summary>The length of the first part of <paramref name="text"/> that can be merged alone; all of it where cutting would not be exact.</summary>
    public int First(ReadOnlySpan<char> text)
    {
        if (!_exact)
            return text.Length;
        var run = text.IndexOfAnyExcept(Space);
        if (run < 0)
            return text.Length;
        var end = text[run..].IndexOf(Space);
        return end < 0 ? text.Length : run + end;
    }
}
