using System.Buffers;
using System.Text.RegularExpressions;

namespace Converge.Engine.Tokenizers.Json;

/// <summary>Finds added tokens in text: the leftmost, and among those that begin there the longest.</summary>
internal sealed partial class AddedTokenFinder
{
    private readonly SearchValues<string> _any;
    private readonly Dictionary<char, (string Spelling, AddedToken Token)[]> _byFirst;

    /// <param name="tokens">The tokens with the spelling to look for; empty spellings are ignored.</param>
    public AddedTokenFinder(IEnumerable<(string Spelling, AddedToken Token)> tokens)
    {
        var known = tokens.Where(pair => pair.Spelling.Length > 0).ToArray();
        _any = SearchValues.Create([.. known.Select(pair => pair.Spelling)], StringComparison.Ordinal);
        _byFirst = known.GroupBy(pair => pair.Spelling[0]).ToDictionary(group => group.Key, group => group.OrderByDescending(pair => pair.Spelling.Length).ToArray());
    }

    /// <summary>Cuts a text into added tokens and what is between them; the parts, put together, are the text less the white space that tokens take.</summary>
    public IEnumerable<(int Start, int Length, AddedToken? Token)> Cut(string text)
    {
        var done = 0;
        for (var search = 0; search < text.Length;)
        {
            var found = text.AsSpan(search).IndexOfAny(_any);
            if (found < 0)
                break;
            var start = search + found;
            var (spelling, token) = Longest(text, start);
            var stop = start + spelling.Length;
            search = stop;
            if (start < done || (token.SingleWord && (EndsWithWord().IsMatch(text[Math.Max(0, start - 2)..start]) || BeginsWithWord().IsMatch(text[stop..Math.Min(text.Length, stop + 2)]))))
                continue;
            if (token.LeftStrip)
                while (start > done && char.IsWhiteSpace(text[start - 1]))
                    start--;
            if (token.RightStrip)
                while (stop < text.Length && char.IsWhiteSpace(text[stop]))
                    stop++;
            if (start > done)
                yield return (done, start - done, null);
            yield return (start, stop - start, token);
            done = stop;
        }
        if (done < text.Length)
            yield return (done, text.Length - done, null);
    }

    private (string Spelling, AddedToken Token) Longest(string text, int start)
    {
        foreach (var candidate in _byFirst[text[start]])
            if (string.CompareOrdinal(text, start, candidate.Spelling, 0, candidate.Spelling.Length) == 0)
                return candidate;
        throw new InvalidOperationException("The search named a place where no token is");
    }

    [GeneratedRegex(@"\w\z", RegexOptions.CultureInvariant)]
    private static partial Regex EndsWithWord();

    [GeneratedRegex(@"^\w", RegexOptions.CultureInvariant)]
    private static partial Regex BeginsWithWord();
}
