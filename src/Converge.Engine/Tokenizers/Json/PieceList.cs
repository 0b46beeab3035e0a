namespace Converge.Engine.Tokenizers.Json;

/// <summary>A text and the pieces that it has been cut into: ranges of it, in order, without empty ones.</summary>
internal sealed class PieceList
{
    /// <summary>A text in one piece.</summary>
    /// <param name="text">The text.</param>
    /// <param name="atStart">Whether the text is the beginning of what is encoded.</param>
    public PieceList(string text, bool atStart)
    {
        Text = text;
        AtStart = atStart;
        if (text.Length > 0)
            Ranges.Add((0, text.Length));
    }

    /// <summary>The text, which steps may rewrite.</summary>
    public string Text { get; private set; }

    /// <summary>Whether the first piece begins what is encoded.</summary>
    public bool AtStart { get; }

    /// <summary>Where the pieces are.</summary>
    public List<(int Start, int Length)> Ranges { get; private set; } = [];

    /// <summary>The characters of a piece.</summary>
    public ReadOnlySpan<char> this[int index] => Text.AsSpan(Ranges[index].Start, Ranges[index].Length);

    /// <summary>Replaces the cuts; ranges must lie within the text.</summary>
    public void Cut(List<(int Start, int Length)> ranges) => Ranges = ranges;

    /// <summary>Replaces the text and the cuts.</summary>
    public void Rewrite(string text, List<(int Start, int Length)> ranges) => (Text, Ranges) = (text, ranges);
}
