using System.Text;

namespace Converge.Studies.Tasks;

/// <summary>One example of a data set.</summary>
/// <param name="Id">Its id, unique in its pool; the same row of the same file has the same id in both pools.</param>
/// <param name="Text">Its text.</param>
/// <param name="Answer">What answers it in prompts: its label's word, or its reference text.</param>
/// <param name="Label">The index of its label in the task; null in a task without labels.</param>
public sealed record Example(string Id, string Text, string Answer, int? Label)
{
    /// <summary>
    /// The text by which a query is recognised among demonstrations: letters and digits in lower case, everything between them one space; the
    /// text itself where it has neither.
    /// </summary>
    public string NormalisedText { get; } = Normalise(Text);

    /// <summary>The normalised form of a text.</summary>
    internal static string Normalise(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune)) normal.Append(Rune.ToLowerInvariant(rune));
            else if (normal.Length > 0 && normal[^1] != ' ') normal.Append(' ');
        }
        return normal.ToString().TrimEnd() is { Length: > 0 } words ? words : text;
    }
}
