using System.Text;

namespace Converge.Engine.Checkpoints;

/// <summary>Makes text that comes from a file fit to be shown: one line, no control characters, of bounded length.</summary>
internal static class Shown
{
    private const int Longest = 120;

    /// <summary><paramref name="text"/> with every control and formatting character as <c>\uXXXX</c>, cut after 120 characters.</summary>
    public static string Text(string text)
    {
        var shown = new StringBuilder();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, Longest)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format)
                shown.Append($"\\u{(int)c:x4}");
            else
                shown.Append(c);
        }
        return text.Length > Longest ? shown.Append("...").ToString() : shown.ToString();
    }

    /// <summary>A shape as <c>[2, 3]</c>.</summary>
    public static string Shape(IEnumerable<long> shape)
    {
        var sides = shape.Take(9).Select(side => side.ToString()).ToList();
        if (sides.Count > 8) sides[8] = "...";
        return $"[{string.Join(", ", sides)}]";
    }
}
