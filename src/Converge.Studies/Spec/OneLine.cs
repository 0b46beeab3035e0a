using System.Globalization;
using System.Text;

namespace Converge.Studies.Spec;

/// <summary>Text from data, models or files, made fit for a message of one line.</summary>
internal static class OneLine
{
    private const int Longest = 80;

    /// <summary><paramref name="text"/> with control and formatting characters as <c>\uXXXX</c> and line ends as <c>\n</c>, cut after 80 characters.</summary>
    public static string Of(string text)
    {
        var line = new StringBuilder();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (c == '\n') line.Append("\\n");
            else if (char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                line.Append($"\\u{(int)c:x4}");
            else line.Append(c);
        }
        return text.Length > Longest ? line.Append("...").ToString() : line.ToString();
    }
}
