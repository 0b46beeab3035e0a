using System.Text;

namespace Converge.Cli.Display;

/// <summary>Makes text from data, models and file names safe to show: it can neither break a line nor steer a terminal.</summary>
internal static class Printable
{
    /// <summary><paramref name="text"/> with control and formatting characters written out as <c>\u001B</c>.</summary>
    public static string Line(string text)
    {
        if (!text.Any(IsUnsafe)) return text;
        var safe = new StringBuilder(text.Length + 16);
        foreach (char character in text)
        {
            if (character == '\n') safe.Append("\\n");
            else if (IsUnsafe(character)) safe.Append($"\\u{(int)character:X4}");
            else safe.Append(character);
        }
        return safe.ToString();
    }

    // Bidirectional controls (U+202A..E, U+2066..9) can make a line read as another one.
    private static bool IsUnsafe(char character) =>
        char.IsControl(character) || character is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' or '\u2028' or '\u2029';
}
