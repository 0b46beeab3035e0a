using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Converge.Engine.Tokenizers.Json;

/// <summary>
/// A regular expression as <c>tokenizer.json</c> means it: over code points. .NET's work on UTF-16 units, so a character beyond U+FFFF is
/// matched through a stand-in of the same general category and places are mapped back.
/// </summary>
internal sealed class UnicodePattern
{
    // Constructs that both dialects accept and read differently, or that cannot work through stand-ins.
    private static readonly string[] Refused = ["&&", "[:", "-[", "\\G", "\\h", "\\X", "\\R", "\\K"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly char[] StandIns = FindStandIns();

    private readonly Regex _regex;
    private readonly Field _field;

    private UnicodePattern(Regex regex, Field field) => (_regex, _field) = (regex, field);

    /// <summary>Reads <c>{"String": text}</c> or <c>{"Regex": expression}</c>.</summary>
    /// <exception cref="BadInputException">It is neither, or an expression that is not understood.</exception>
    public static UnicodePattern Read(Field field)
    {
        field.Only("String", "Regex");
        if (!field["String"].IsNull)
        {
            var text = field["String"].Text();
            return Compile(field["String"], Regex.Escape(text), text);
        }
        var expression = field["Regex"].Text();
        foreach (var construct in Refused)
            if (expression.Contains(construct, StringComparison.Ordinal))
                throw field.NotSupported($"uses '{construct}' in a regular expression");
        return Compile(field["Regex"], expression, expression);
    }

    /// <summary>A pattern that is part of the format rather than of a file.</summary>
    public static UnicodePattern Fixed(Field field, string expression) => Compile(field, expression, expression);

    /// <summary>The matches in a text that is taken by itself, as starts and lengths in UTF-16 units, in order.</summary>
    /// <exception cref="BadInputException">The expression runs away on this text.</exception>
    public void Match(ReadOnlySpan<char> text, List<(int Start, int Length)> matches)
    {
        matches.Clear();
        try
        {
            if (!text.ContainsAnyInRange('\uD800', '\uDFFF'))
            {
                foreach (var match in _regex.EnumerateMatches(text))
                    matches.Add((match.Index, match.Length));
                return;
            }
            var (units, places) = Fold(text);
            foreach (var match in _regex.EnumerateMatches(units))
                matches.Add((places[match.Index], places[match.Index + match.Length] - places[match.Index]));
        }
        catch (RegexMatchTimeoutException)
        {
            throw _field.Wrong($"takes longer than {Limit.TotalSeconds} s on one text");
        }
    }

    /// <summary>The text with every match replaced.</summary>
    public string Replace(string text, string replacement)
    {
        var matches = new List<(int Start, int Length)>();
        Match(text, matches);
        if (matches.Count == 0)
            return text;
        var replaced = new StringBuilder(text.Length);
        var done = 0;
        foreach (var (start, length) in matches)
        {
            replaced.Append(text.AsSpan(done..start)).Append(replacement);
            done = start + length;
        }
        return replaced.Append(text.AsSpan(done..)).ToString();
    }

    private static UnicodePattern Compile(Field field, string expression, string shown)
    {
        if (expression.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            throw field.NotSupported("has a character beyond U+FFFF in a pattern");
        try
        {
            // ^ and $ stand for the ends of lines in the dialect of the format.
            return new UnicodePattern(new Regex(expression, RegexOptions.Compiled | RegexOptions.CultureInvariant | RegexOptions.Multiline, Limit), field);
        }
        catch (ArgumentException error)
        {
            throw field.NotSupported($"has the regular expression {shown} ({error.Message.TrimEnd('.')})");
        }
    }

    private static (char[] Units, int[] Places) Fold(ReadOnlySpan<char> text)
    {
        var units = new char[text.Length];
        var places = new int[text.Length + 1];
        var (count, place) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            units[count] = rune.IsBmp ? (char)rune.Value : StandIns[(int)Rune.GetUnicodeCategory(rune)];
            places[count++] = place;
            place += rune.Utf16SequenceLength;
        }
        places[count] = place;
        return (units[..count], places[..(count + 1)]);
    }

    // The highest character of each category: none that a tokenizer's pattern names by itself.
    private static char[] FindStandIns()
    {
        var standIns = new char[(int)UnicodeCategory.OtherNotAssigned + 1];
        for (var c = 0; c <= char.MaxValue; c++)
            standIns[(int)CharUnicodeInfo.GetUnicodeCategory((char)c)] = (char)c;
        return standIns;
    }
}
