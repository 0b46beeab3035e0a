using System.Text;

namespace Converge.Engine.Tokenizers.Unicode;

/// <summary>Unicode normalisation (Unicode Standard Annex 15).</summary>
internal static class Normalization
{
    // Hangul syllables are composed by arithmetic (The Unicode Standard, section 3.12).
    private const int Syllables = 0xAC00, Leading = 0x1100, Vowels = 0x1161, Trailing = 0x11A7;
    private const int LeadingCount = 19, VowelCount = 21, TrailingCount = 28;

    /// <summary>The text in a normalization form; valid Unicode in, valid Unicode out.</summary>
    public static string Apply(string text, NormalForm form)
    {
        var compatible = form is NormalForm.Nfkc or NormalForm.Nfkd;
        var composed = form is NormalForm.Nfc or NormalForm.Nfkc;
        // Characters below these change in no text.
        var unchanged = (composed, compatible) switch { (true, false) => '\u0300', (false, false) => '\u00C0', _ => '\u00A0' };
        if (!text.AsSpan().ContainsAnyInRange(unchanged, char.MaxValue))
            return text;

        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, compatible, points);
        Order(points);
        if (composed)
            Compose(points);

        var normalized = new StringBuilder(points.Count);
        foreach (var point in points)
            normalized.Append(new Rune(point));
        return normalized.ToString();
    }

    private static void Decompose(int point, bool compatible, List<int> points)
    {
        var syllable = point - Syllables;
        if (syllable is >= 0 and < LeadingCount * VowelCount * TrailingCount)
        {
            points.Add(Leading + syllable / (VowelCount * TrailingCount));
            points.Add(Vowels + syllable / TrailingCount % VowelCount);
            if (syllable % TrailingCount != 0)
                points.Add(Trailing + syllable % TrailingCount);
        }
        else if (NormalizationData.Instance.Decomposition(point, compatible) is { } parts)
        {
            foreach (var part in parts)
                Decompose(part, compatible, points);
        }
        else
        {
            points.Add(point);
        }
    }

    // Marks between two starters are sorted by combining class; those of one class keep their order.
    private static void Order(List<int> points)
    {
        var data = NormalizationData.Instance;
        for (var start = 0; start < points.Count; start++)
        {
            var end = start;
            while (end < points.Count && data.Class(points[end]) != 0)
                end++;
            if (end - start > 1)
            {
                var marks = points.GetRange(start, end - start).OrderBy(mark => data.Class(mark)).ToArray();
                for (var i = 0; i < marks.Length; i++)
                    points[start + i] = marks[i];
            }
            start = end;
        }
    }

    // A mark joins the last starter unless a mark of the same or a higher class, or another starter, stands between.
    private static void Compose(List<int> points)
    {
        const int Adjacent = -1;
        var data = NormalizationData.Instance;
        var (kept, starter, last) = (0, -1, Adjacent);
        foreach (var point in points.ToArray())
        {
            var combiningClass = data.Class(point);
            if (starter >= 0 && last < combiningClass && Pair(points[starter], point) is { } composite)
            {
                points[starter] = composite;
                continue;
            }
            last = combiningClass;
            if (combiningClass == 0)
                (starter, last) = (kept, Adjacent);
            points[kept++] = point;
        }
        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        if (first - Leading is >= 0 and < LeadingCount && second - Vowels is >= 0 and < VowelCount)
            return Syllables + ((first - Leading) * VowelCount + second - Vowels) * TrailingCount;
        if (first - Syllables is >= 0 and < LeadingCount * VowelCount * TrailingCount && (first - Syllables) % TrailingCount == 0
            && second - Trailing is > 0 and < TrailingCount)
            return first + second - Trailing;
        return NormalizationData.Instance.Composite(first, second);
    }
}
