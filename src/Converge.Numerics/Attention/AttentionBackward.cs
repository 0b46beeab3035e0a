using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Converge.Numerics;

/// <summary>The gradient of <see cref="AttentionForward"/>. Attention weights are computed anew rather than kept.</summary>
public static class AttentionBackward
{
    /// <summary>
    /// dq is set, dk and dv are added to; shapes as in <see cref="AttentionForward"/>. A tree of segments is done by one thread a head, in the order
    /// of its segments, so that what its tokens receive does not depend on other trees.
    /// </summary>
    public static void Run<T>(
        WorkPool pool, Segment[] segments, HeadShape shape, MatrixView<T> q, MatrixView<T> k, MatrixView<T> v, MatrixView<T> dOutput, MatrixView<T> dq, MatrixView<T> dk, MatrixView<T> dv)
        where T : unmanaged, IFloatingPointIeee754<T> => Run(pool, segments, SegmentTrees.Of(segments), shape, q, k, v, dOutput, dq, dk, dv);

    /// <summary>As the other, where the trees of the segments are known already; allocates nothing.</summary>
    public static void Run<T>(
        WorkPool pool, Segment[] segments, int[][] trees, HeadShape shape, MatrixView<T> q, MatrixView<T> k, MatrixView<T> v, MatrixView<T> dOutput, MatrixView<T> dq, MatrixView<T> dk, MatrixView<T> dv)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var path = typeof(T) == typeof(float) ? SimdPaths.Current : SimdPath.Scalar;
        var gradient = new AttentionGradient<T>(q, k, v, dOutput, dq, dk, dv);
        pool.For(trees.Length * shape.KeyValueHeads, (segments, trees, shape, gradient, path), static (all, piece) =>
        {
            var (segments, shape, gradient, path) = (all.segments, all.shape, all.gradient, all.path);
            var floats = Unsafe.As<AttentionGradient<T>, AttentionGradient<float>>(ref gradient);
            int head = piece % shape.KeyValueHeads;
            foreach (int segment in all.trees[piece / shape.KeyValueHeads])
            {
                if (path == SimdPath.Scalar) Scalar(segments, segment, head, shape, gradient);
                else if (path == SimdPath.Avx512) AttentionBackwardVector<Vector512<float>, Simd512>.Run(segments, segment, head, shape, floats);
                else if (path == SimdPath.Avx2) AttentionBackwardVector<Vector256<float>, Simd256>.Run(segments, segment, head, shape, floats);
                else AttentionBackwardVector<Vector128<float>, Simd128>.Run(segments, segment, head, shape, floats);
            }
        });
    }

    /// <summary>The reference: all queries of one segment under one key-value head.</summary>
    internal static unsafe void Scalar<T>(Segment[] segments, int index, int kvHead, HeadShape shape, AttentionGradient<T> g) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var segment = segments[index];
        int[] rows = AncestorRows.Of(segments, index);
        T* weights = Scratch.First<T>(2L * segment.End);
        T* dWeights = weights + segment.End;
        int width = shape.HeadDim, kv = kvHead * width;
        T scale = T.CreateTruncating(shape.Scale);
        for (int head = kvHead * shape.Group; head < (kvHead + 1) * shape.Group; head++)
        {
            for (int position = segment.Start; position < segment.End; position++)
            {
                int row = rows[position];
                T* query = g.Q.RowPointer(row) + head * width;
                T* dQuery = g.DQ.RowPointer(row) + head * width;
                T* dOut = g.DOutput.RowPointer(row) + head * width;
                AttentionForward.SoftmaxScores(query, g.K, rows, kv, width, position + 1, scale, weights);
                T inner = T.Zero;
                for (int p = 0; p <= position; p++)
                {
                    T* value = g.V.RowPointer(rows[p]) + kv;
                    T* dValue = g.DV.RowPointer(rows[p]) + kv;
                    T sum = T.Zero;
                    for (int d = 0; d < width; d++)
                    {
                        sum += dOut[d] * value[d];
                        dValue[d] += weights[p] * dOut[d];
                    }
                    dWeights[p] = sum;
                    inner += sum * weights[p];
                }
                new Span<T>(dQuery, width).Clear();
                for (int p = 0; p <= position; p++)
                {
                    T dScore = weights[p] * (dWeights[p] - inner) * scale;
                    T* key = g.K.RowPointer(rows[p]) + kv;
                    T* dKey = g.DK.RowPointer(rows[p]) + kv;
                    for (int d = 0; d < width; d++)
                    {
                        dQuery[d] += dScore * key[d];
                        dKey[d] += dScore * query[d];
                    }
                }
            }
        }
    }
}

/// <summary>The operands of attention's gradient.</summary>
internal readonly record struct AttentionGradient<T>(
    MatrixView<T> Q, MatrixView<T> K, MatrixView<T> V, MatrixView<T> DOutput, MatrixView<T> DQ, MatrixView<T> DK, MatrixView<T> DV) where T : unmanaged;
