namespace Converge.Engine.Tokenizers.Json;

/// <summary>Cuts pieces where a pattern matches.</summary>
internal sealed class Splitter(UnicodePattern pattern, SplitBehavior behavior, bool invert)
{
    /// <summary>Cuts every piece.</summary>
    public void Apply(PieceList pieces)
    {
        var cut = new List<(int, int)>(2 * pieces.Ranges.Count);
        var matches = new List<(int Start, int Length)>();
        var parts = new List<Part>();
        for (var i = 0; i < pieces.Ranges.Count; i++)
        {
            var (start, length) = pieces.Ranges[i];
            pattern.Match(pieces[i], matches);
            Partition(matches, length, parts);
            Arrange(parts);
            foreach (var part in parts)
                if (part.End > part.Start)
                    cut.Add((start + part.Start, part.End - part.Start));
        }
        pieces.Cut(cut);
    }

    private void Partition(List<(int Start, int Length)> matches, int length, List<Part> parts)
    {
        parts.Clear();
        var done = 0;
        foreach (var (start, matched) in matches)
        {
            if (start > done)
                parts.Add(new Part(done, start, invert));
            parts.Add(new Part(start, start + matched, !invert));
            done = start + matched;
        }
        if (done < length)
            parts.Add(new Part(done, length, invert));
    }

    private void Arrange(List<Part> parts)
    {
        switch (behavior)
        {
            case SplitBehavior.Removed:
                parts.RemoveAll(part => part.Matched);
                break;
            case SplitBehavior.MergedWithPrevious:
                Join(parts, (previous, part) => part.Matched && !previous);
                break;
            case SplitBehavior.MergedWithNext:
                // The same as with the previous, seen from the end; parts are in order again afterwards.
                parts.Reverse();
                Join(parts, (previous, part) => part.Matched && !previous);
                parts.Reverse();
                break;
            case SplitBehavior.Contiguous:
                Join(parts, (previous, part) => part.Matched == previous);
                break;
        }
    }

    // A part that joins goes into the neighbour before it; whether that neighbour was itself a match decides, not what it has become.
    private static void Join(List<Part> parts, Func<bool, Part, bool> joins)
    {
        var kept = 0;
        var previous = false;
        foreach (var part in parts.ToArray())
        {
            if (kept > 0 && joins(previous, part))
                parts[kept - 1] = new Part(Math.Min(parts[kept - 1].Start, part.Start), Math.Max(parts[kept - 1].End, part.End), part.Matched);
            else
                parts[kept++] = part;
            previous = part.Matched;
        }
        parts.RemoveRange(kept, parts.Count - kept);
    }

    private readonly record struct Part(int Start, int End, bool Matched);
}
