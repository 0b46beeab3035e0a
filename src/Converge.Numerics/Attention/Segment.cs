namespace Converge.Numerics;

/// <summary>
/// A run of tokens that follow each other in a prompt. Segments form trees: a segment continues its parent, and its tokens attend to all tokens of its
/// ancestors and to those before them in the segment itself.
/// </summary>
/// <param name="FirstRow">The first of its rows in the flat [tokens, width] matrices.</param>
/// <param name="Length">The number of its tokens, at least 1.</param>
/// <param name="Parent">The index of the parent, smaller than its own, or -1.</param>
/// <param name="Start">The position of its first token in the prompt: the number of tokens of its ancestors.</param>
public readonly record struct Segment(int FirstRow, int Length, int Parent, int Start)
{
    /// <summary>The position after its last token.</summary>
    public int End => Start + Length;
}

/// <summary>The heads of grouped-query attention (Ainslie et al., arXiv 2305.13245).</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadDim">The width of a head.</param>
public readonly record struct HeadShape(int Heads, int KeyValueHeads, int HeadDim)
{
    /// <summary>Query heads that share one key and value head.</summary>
    public int Group => Heads / KeyValueHeads;

    /// <summary>The factor on scores, 1 / sqrt(head width).</summary>
    public double Scale => 1 / Math.Sqrt(HeadDim);
}
