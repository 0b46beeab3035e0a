using System.Text.RegularExpressions;
using Converge.Pretraining.Corpus;

namespace Converge.Pretraining.Tests.Authored;

/// <summary>Tells whether a text can be written out from a rule: a regular expression of the whole rule, since no rule leads to itself.</summary>
internal static class SentencePattern
{
    /// <summary>The pattern of a rule.</summary>
    /// <param name="grammar">The grammar.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="bound">Symbols that a document gives a meaning.</param>
    /// <param name="heldOut">Whether held-out alternatives take part.</param>
    public static Regex Of(Grammar grammar, string rule, IReadOnlyDictionary<string, IReadOnlyList<string>> bound, bool heldOut)
    {
        return new Regex($"^{Pattern(rule)}$", RegexOptions.CultureInvariant);

        string Pattern(string symbol)
        {
            if (bound.TryGetValue(symbol, out var words)) return $"(?:{string.Join('|', words.Select(Regex.Escape))})";
            var alternatives = grammar[symbol].Where(alternative => heldOut || !alternative.HeldOut);
            return $"(?:{string.Join('|', alternatives.Select(alternative => string.Concat(alternative.Pieces.Select((piece, i) => i % 2 == 0 ? Regex.Escape(piece) : Pattern(piece)))))})";
        }
    }
}
