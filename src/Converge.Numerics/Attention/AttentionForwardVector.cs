namespace Converge.Numerics;

/// <summary>
/// The vector path of <see cref="AttentionForward"/>. Keys and values of the whole context are gathered by absolute position; scores have positions along
/// the vector, outputs the head's width. Rows are computed a few at a time, and each row sums exactly its own positions in ascending order.
/// </summary>
internal static unsafe class AttentionForwardVector<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int TileRows = 6;

    /// <summary>Some runs of queries under one key-value head; neighbours that continue the same segment find its keys and values where the one before left them.</summary>
    public static void Run(Segment[] segments, ReadOnlySpan<QueryRun> runs, int kvHead, HeadShape shape, MatrixView<float> q, MatrixView<float> k, MatrixView<float> v, MatrixView<float> output)
    {
        int end = 0;
        foreach (var run in runs) end = Math.Max(end, segments[run.Segment].End);
        int width = shape.HeadDim, kv = kvHead * width, padded = KeyValueGather<TVector, TSimd>.Padded(width), context = KeyValueGather<TVector, TSimd>.Padded(end);
        float* keys = Scratch.First<float>((long)width * context + (long)end * padded + TileRows * ((long)context + padded));
        float* values = keys + (long)width * context;
        float* scores = values + (long)end * padded;
        float* sums = scores + TileRows * (long)context;
        int gathered = -1, parent = -1;
        foreach (var run in runs)
        {
            var segment = segments[run.Segment];
            if (run.Segment != gathered)
            {
                if (segment.Parent >= 0 && segment.Parent != parent)
                {
                    KeyValueGather<TVector, TSimd>.Transposed(segments, segment.Parent, k, kv, width, keys, context);
                    KeyValueGather<TVector, TSimd>.Rows(segments, segment.Parent, v, kv, width, values, padded);
                }
                KeyValueGather<TVector, TSimd>.Transposed(segment, k, kv, width, keys, context);
                KeyValueGather<TVector, TSimd>.Rows(segment, v, kv, width, values, padded);
                KeyValueGather<TVector, TSimd>.Pad(segment.End, width, keys, context);
                // A segment without a parent lies where the last one's parent did.
                (gathered, parent) = (run.Segment, segment.Parent);
            }
            Queries(run, kvHead, shape, q, keys, values, context, padded, scores, sums, output);
        }
    }

    private static void Queries(
        QueryRun run, int kvHead, HeadShape shape, MatrixView<float> q, float* keys, float* values, int context, int padded, float* scores, float* sums, MatrixView<float> output)
    {
        int width = shape.HeadDim;
        for (int head = kvHead * shape.Group; head < (kvHead + 1) * shape.Group; head++)
        {
            for (int first = 0; first < run.Count; first += TileRows)
            {
                int rows = Math.Min(TileRows, run.Count - first), seen = run.Position + first + 1;
                Weights(q.RowPointer(run.Row + first) + head * width, q.Stride, keys, context, width, rows, seen, (float)shape.Scale, scores);
                SumOfSeen(scores, context, values, padded, rows, seen, sums);
                for (int i = 0; i < rows; i++)
                    new Span<float>(sums + i * padded, width).CopyTo(new Span<float>(output.RowPointer(run.Row + first + i) + head * width, width));
            }
        }
    }

    /// <summary>
    /// The attention weights of a few successive queries; row i sees <paramref name="seen"/> + i positions. Weights beyond are zero up to the whole
    /// vector that holds the last row's last position.
    /// </summary>
    public static void Weights(float* queries, nint stride, float* keys, int context, int width, int rows, int seen, float scale, float* weights)
    {
        int columns = KeyValueGather<TVector, TSimd>.Padded(seen + rows - 1);
        for (int i = 0; i < rows; i++) new Span<float>(weights + (long)i * context, columns).Clear();
        OuterTile<TVector, TSimd>.Run(queries, stride, 1, keys, context, width, weights, context, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            float* row = weights + (long)i * context;
            RowSoftmax<TVector, TSimd>.InPlace(row, seen + i, scale);
            new Span<float>(row + seen + i, columns - seen - i).Clear();
        }
    }

    /// <summary>
    /// sums[i, :] = the sum over the positions that row i sees, <paramref name="seen"/> + i, of its factor times the position's row of values. A position
    /// that it does not see is not multiplied by zero: it may hold an infinity.
    /// </summary>
    public static void SumOfSeen(float* factors, int context, float* values, int padded, int rows, int seen, float* sums)
    {
        new Span<float>(sums, rows * padded).Clear();
        OuterTile<TVector, TSimd>.Run(factors, context, 1, values, padded, seen, sums, padded, rows, padded);
        for (int i = 1; i < rows; i++)
            OuterTile<TVector, TSimd>.Run(factors + (long)i * context + seen, context, 1, values + (long)seen * padded, padded, i, sums + i * padded, padded, 1, padded);
    }
}
