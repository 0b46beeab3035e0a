namespace Converge.Numerics;

/// <summary>Queries of attention: some tokens of a segment that follow each other.</summary>
/// <param name="Segment">The index of the segment.</param>
/// <param name="Position">The position of the first token in its prompt.</param>
/// <param name="Count">The number of tokens, at least 1.</param>
/// <param name="Row">The row of the first one in the matrices of queries and outputs; the others follow.</param>
public readonly record struct QueryRun(int Segment, int Position, int Count, int Row)
{
    /// <summary>All tokens of all segments, in the rows of the segments.</summary>
    public static QueryRun[] All(Segment[] segments) => [.. segments.Select((segment, i) => new QueryRun(i, segment.Start, segment.Length, segment.FirstRow))];
}
