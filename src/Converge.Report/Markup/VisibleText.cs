using System.Globalization;
using System.Text;

namespace Converge.Report.Markup;

/// <summary>
/// Makes text from data and models safe to show: characters that a page cannot carry, that would not be seen, or that would reorder what is
/// around them are replaced by something visible. Everything else, in any script, stays as it is.
/// </summary>
internal static class VisibleText
{
    public static string Of(string text)
    {
        var visible = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) visible.Append(c).Append(text[++i]);
            else if (char.IsSurrogate(c) || c is '\uFFFE' or '\uFFFF') visible.Append('\uFFFD');
            else if (c is '\n' or '\t') visible.Append(c);
            else if (c < ' ') visible.Append((char)('\u2400' + c));
            else if (c == '\u007F') visible.Append('\u2421');
            else if (c < '\u00A0' && c > '\u007F' || Reorders(c) || c is '\uFEFF' or '\u200B' or '\u2028' or '\u2029')
                visible.Append(CultureInfo.InvariantCulture, $"[U+{(int)c:X4}]");
            else visible.Append(c);
        }
        return visible.ToString();
    }

    // Unicode's explicit directional marks, embeddings, overrides and isolates (UAX 9).
    private static bool Reorders(char c) => c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
