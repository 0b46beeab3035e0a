namespace Converge.Numerics;

/// <summary>The vector path of <see cref="AttentionBackward"/>.</summary>
internal static unsafe class AttentionBackwardVector<TVector, TSimd>
    where TVector : struct
    where TSimd : struct, ISimd<TVector>
{
    private const int TileRows = 6;

    public static void Run(Segment[] segments, int index, int kvHead, HeadShape shape, AttentionGradient<float> g)
    {
        var segment = segments[index];
        int width = shape.HeadDim, kv = kvHead * width;
        int padded = KeyValueGather<TVector, TSimd>.Padded(width), context = KeyValueGather<TVector, TSimd>.Padded(segment.End);
        long transposed = (long)width * context, straight = (long)context * padded;
        float* keysT = Scratch.First<float>(2 * transposed + 3 * straight + TileRows * (2L * context + 3L * padded));
        float* valuesT = keysT + transposed;
        float* keys = valuesT + transposed;
        float* dKeys = keys + straight;
        float* dValues = dKeys + straight;
        float* weights = dValues + straight;
        float* dScores = weights + TileRows * (long)context;
        float* queries = dScores + TileRows * (long)context;
        float* dOut = queries + TileRows * padded;
        float* dQuery = dOut + TileRows * padded;
        KeyValueGather<TVector, TSimd>.Transposed(segments, index, g.K, kv, width, keysT, context);
        KeyValueGather<TVector, TSimd>.Transposed(segments, index, g.V, kv, width, valuesT, context);
        KeyValueGather<TVector, TSimd>.Rows(segments, index, g.K, kv, width, keys, padded);
        Clear(dKeys, 2 * straight);

        for (int head = kvHead * shape.Group; head < (kvHead + 1) * shape.Group; head++)
        {
            for (int first = 0; first < segment.Length; first += TileRows)
            {
                int rows = Math.Min(TileRows, segment.Length - first), row = segment.FirstRow + first, seen = segment.Start + first + 1;
                int columns = KeyValueGather<TVector, TSimd>.Padded(seen + rows - 1);
                CopyRows(g.Q, row, head * width, width, rows, queries, padded);
                CopyRows(g.DOutput, row, head * width, width, rows, dOut, padded);
                AttentionForwardVector<TVector, TSimd>.Weights(queries, padded, keysT, context, width, rows, seen, (float)shape.Scale, weights);

                for (int i = 0; i < rows; i++) Clear(dScores + (long)i * context, columns);
                OuterTile<TVector, TSimd>.Run(dOut, padded, 1, valuesT, context, width, dScores, context, rows, columns);
                for (int i = 0; i < rows; i++)
                {
                    Clear(dScores + (long)i * context + seen + i, columns - seen - i);
                    ScoreGradient(weights + (long)i * context, dScores + (long)i * context, columns, (float)shape.Scale);
                }

                AttentionForwardVector<TVector, TSimd>.SumOfSeen(dScores, context, keys, padded, rows, seen, dQuery);
                AddToSeen(dScores, context, queries, padded, rows, seen, dKeys);
                AddToSeen(weights, context, dOut, padded, rows, seen, dValues);
                for (int i = 0; i < rows; i++) new Span<float>(dQuery + i * padded, width).CopyTo(new Span<float>(g.DQ.RowPointer(row + i) + head * width, width));
            }
        }
        KeyValueGather<TVector, TSimd>.ScatterAdd(segments, index, dKeys, padded, width, g.DK, kv);
        KeyValueGather<TVector, TSimd>.ScatterAdd(segments, index, dValues, padded, width, g.DV, kv);
    }

    // Every position receives from the rows that see it, and from no other: zero times a NaN of a row before it would be NaN.
    private static void AddToSeen(float* factors, int context, float* rowsOf, int padded, int rows, int seen, float* target)
    {
        OuterTile<TVector, TSimd>.Run(factors, 1, context, rowsOf, padded, rows, target, padded, seen, padded);
        for (int i = 1; i < rows; i++)
        {
            long position = seen + i - 1;
            OuterTile<TVector, TSimd>.Run(factors + (long)i * context + position, 1, context, rowsOf + i * padded, padded, rows - i, target + position * padded, padded, 1, padded);
        }
    }

    // dScore = weight * (dWeight - sum of weight * dWeight) * scale; beyond what the row sees both are zero on entry.
    private static void ScoreGradient(float* weights, float* dScores, int columns, float scale)
    {
        var sums = TSimd.Zero;
        for (int i = 0; i < columns; i += TSimd.Width) sums = TSimd.MultiplyAdd(TSimd.Load(weights + i), TSimd.Load(dScores + i), sums);
        var (inner, factor) = (TSimd.Broadcast(TSimd.Sum(sums)), TSimd.Broadcast(scale));
        for (int i = 0; i < columns; i += TSimd.Width)
            TSimd.Store(TSimd.Multiply(TSimd.Multiply(TSimd.Load(weights + i), TSimd.Subtract(TSimd.Load(dScores + i), inner)), factor), dScores + i);
    }

    private static void CopyRows(MatrixView<float> source, int firstRow, int offset, int width, int rows, float* target, int stride)
    {
        for (int i = 0; i < rows; i++)
        {
            var row = new Span<float>(target + i * stride, stride);
            new Span<float>(source.RowPointer(firstRow + i) + offset, width).CopyTo(row);
            row[width..].Clear();
        }
    }

    private static void Clear(float* data, long count)
    {
        for (long done = 0; done < count; done += int.MaxValue) new Span<float>(data + done, (int)Math.Min(int.MaxValue, count - done)).Clear();
    }
}
