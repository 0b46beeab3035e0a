using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>
/// Prompts as trees of token segments: a prefix that several prompts of one adapter share is one segment, computed once. The tokens of all segments form
/// one flat batch, segment after segment, parents before children, the segments of an adapter together.
/// </summary>
public sealed class PromptForest
{
    private readonly int[] _lastSegment;

    private PromptForest(Segment[] segments, int[] adapters, int[] tokens, int[] positions, int[] lastSegment)
    {
        (Segments, Adapters, Tokens, Positions, _lastSegment) = (segments, adapters, tokens, positions, lastSegment);
    }

    /// <summary>The segments.</summary>
    public Segment[] Segments { get; }

    /// <summary>For each segment, the index of its adapter, or -1.</summary>
    public int[] Adapters { get; }

    /// <summary>The token of each row.</summary>
    public int[] Tokens { get; }

    /// <summary>The position of each row in its prompt.</summary>
    public int[] Positions { get; }

    /// <summary>The forest of some sequences, each under an adapter (an index, or -1).</summary>
    /// <param name="sequences">Non-empty sequences of tokens.</param>
    /// <param name="share">Whether shared prefixes are computed once.</param>
    /// <param name="apart">For each sequence, from where on it shares with none, or only with some; null: equal tokens are shared everywhere.</param>
    public static PromptForest Of(IReadOnlyList<(int[] Tokens, int Adapter)> sequences, bool share = true, IReadOnlyList<Apartness>? apart = null)
    {
        var builder = new PrefixTrees(sequences, share, apart);
        var segments = new List<Segment>();
        var adapters = new List<int>();
        var tokens = new List<int>();
        var positions = new List<int>();
        var index = new Dictionary<PrefixTrees.Node, int>(ReferenceEqualityComparer.Instance);
        foreach (var (node, parent) in builder.ParentsFirst())
        {
            int parentIndex = parent is null ? -1 : index[parent];
            int start = parentIndex < 0 ? 0 : segments[parentIndex].End;
            index[node] = segments.Count;
            segments.Add(new Segment(tokens.Count, node.Length, parentIndex, start));
            adapters.Add(node.Adapter);
            for (int i = 0; i < node.Length; i++)
            {
                tokens.Add(node.Source[node.From + i]);
                positions.Add(start + i);
            }
        }
        return new PromptForest([.. segments], [.. adapters], [.. tokens], [.. positions], [.. builder.Ends.Select(node => index[node])]);
    }

    /// <summary>The segment that sequence <paramref name="index"/> ends with.</summary>
    public int LastSegment(int index) => _lastSegment[index];

    /// <summary>The row of the last token of sequence <paramref name="index"/>.</summary>
    public int LastRow(int index)
    {
        var segment = Segments[_lastSegment[index]];
        return segment.FirstRow + segment.Length - 1;
    }

    /// <summary>The row of every token of sequence <paramref name="index"/>, in order.</summary>
    public int[] Rows(int index)
    {
        int at = _lastSegment[index];
        var rows = new int[Segments[at].End];
        for (; at >= 0; at = Segments[at].Parent)
            for (int i = 0; i < Segments[at].Length; i++) rows[Segments[at].Start + i] = Segments[at].FirstRow + i;
        return rows;
    }
}
