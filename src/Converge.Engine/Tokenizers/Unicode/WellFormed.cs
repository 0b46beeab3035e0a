using System.Text;

namespace Converge.Engine.Tokenizers.Unicode;

/// <summary>Makes a string of UTF-16 units valid Unicode.</summary>
internal static class WellFormed
{
    /// <summary>The text with every surrogate that lacks its partner replaced by U+FFFD, as an encoder to UTF-8 would do.</summary>
    public static string Text(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        var valid = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            valid.Append(rune);
        return valid.ToString();
    }
}
