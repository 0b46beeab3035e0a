using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>Causal grouped-query attention over segments and their ancestors: softmax(q k^T / sqrt(d)) v.</summary>
public static class AttentionForward
{
    private const int PiecesOfEachThread = 8, MostTogether = 16;

    /// <summary>
    /// q and output are [tokens, heads * head width], k and v [tokens, key-value heads * head width], rotated already. A token's output depends on the keys
    /// and values of its prompt up to itself, by absolute position, and not on how the prompt is cut into segments.
    /// </summary>
    public static void Run<T>(WorkPool pool, Segment[] segments, HeadShape shape, MatrixView<T> q, MatrixView<T> k, MatrixView<T> v, MatrixView<T> output)
        where T : unmanaged, IFloatingPointIeee754<T> => Run(pool, segments, QueryRun.All(segments), shape, q, k, v, output);

    /// <summary>As the other, for some tokens only: q and output hold a row for every query of <paramref name="queries"/>, k and v for every token.</summary>
    public static void Run<T>(
        WorkPool pool, Segment[] segments, QueryRun[] queries, HeadShape shape, MatrixView<T> q, MatrixView<T> k, MatrixView<T> v, MatrixView<T> output)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        // Neighbours together, as they often continue the same segment; but enough pieces that no thread waits for long.
        int together = Math.Clamp(queries.Length * shape.KeyValueHeads / (PiecesOfEachThread * pool.Threads), 1, MostTogether), groups = (queries.Length + together - 1) / together;
        pool.For(groups * shape.KeyValueHeads, (segments, queries, together, shape, q, k, v, output, path), static (all, piece) =>
        {
            var (segments, shape) = (all.segments, all.shape);
            int first = piece / shape.KeyValueHeads * all.together, head = piece % shape.KeyValueHeads;
            var runs = all.queries.AsSpan(first, Math.Min(all.together, all.queries.Length - first));
            if (all.path == SimdPath.Scalar)
            {
                foreach (var run in runs) Scalar(segments, run, head, shape, all.q, all.k, all.v, all.output);
                return;
            }
            var (q, k, v, output) = (As(all.q), As(all.k), As(all.v), As(all.output));
            if (all.path == SimdPath.Avx512) AttentionForwardVector<Vector512<float>, Simd512>.Run(segments, runs, head, shape, q, k, v, output);
            else if (all.path == SimdPath.Avx2) AttentionForwardVector<Vector256<float>, Simd256>.Run(segments, runs, head, shape, q, k, v, output);
            else AttentionForwardVector<Vector128<float>, Simd128>.Run(segments, runs, head, shape, q, k, v, output);
        });

        static MatrixView<float> As(MatrixView<T> view) => Unsafe.As<MatrixView<T>, MatrixView<float>>(ref view);
    }

    /// <summary>The reference: some queries of one segment under one key-value head.</summary>
    internal static unsafe void Scalar<T>(Segment[] segments, QueryRun run, int kvHead, HeadShape shape, MatrixView<T> q, MatrixView<T> k, MatrixView<T> v, MatrixView<T> output)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int[] rows = AncestorRows.Of(segments, run.Segment);
        T* scores = Scratch.First<T>(rows.Length);
        int width = shape.HeadDim;
        for (int head = kvHead * shape.Group; head < (kvHead + 1) * shape.Group; head++)
        {
            for (int i = 0; i < run.Count; i++)
            {
                int position = run.Position + i;
                SoftmaxScores(q.RowPointer(run.Row + i) + head * width, k, rows, kvHead * width, width, position + 1, T.CreateTruncating(shape.Scale), scores);
                T* target = output.RowPointer(run.Row + i) + head * width;
                for (int d = 0; d < width; d++)
                {
                    T sum = T.Zero;
                    for (int p = 0; p <= position; p++) sum += scores[p] * v.RowPointer(rows[p])[kvHead * width + d];
                    target[d] = sum;
                }
            }
        }
    }

    /// <summary>The attention weights of one query over the first <paramref name="count"/> positions.</summary>
    internal static unsafe void SoftmaxScores<T>(T* query, MatrixView<T> k, int[] rows, int offset, int width, int count, T scale, T* scores)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T greatest = T.NegativeInfinity, total = T.Zero;
        for (int p = 0; p < count; p++)
        {
            T* key = k.RowPointer(rows[p]) + offset;
            T sum = T.Zero;
            for (int d = 0; d < width; d++) sum += query[d] * key[d];
            scores[p] = sum * scale;
            greatest = T.Max(greatest, scores[p]);
        }
        for (int p = 0; p < count; p++) total += scores[p] = T.Exp(scores[p] - greatest);
        for (int p = 0; p < count; p++) scores[p] /= total;
    }
}
