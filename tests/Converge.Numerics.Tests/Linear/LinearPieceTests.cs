using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Linear;

/// <summary>
/// Products larger than what is packed, held or handed to a thread at a time: 4032 rows; 144 or 240 lanes, the steps of a chunk and the rows of its sums; 384
/// rows and 4 panels of up to 64 columns; sums of 192 terms. Each of these has to go on exactly where the one before it ended.
/// </summary>
[Collection(SimdCollection.Name)]
public sealed class LinearPieceTests
{
    // Rows beyond a packing, its last tile not full; panels beyond a group, with sums of several blocks; rows beyond a piece; exact multiples; lanes in several
    // parts; panels of three and four vectors side by side; steps that do not stay in the cache all at once, with rows beyond those whose sums do.
    private static readonly Case[] s_cases = [new(4033, 5, 3), new(3, 300, 400), new(389, 40, 200), new(13, 257, 193), new(384, 32, 192), new(12, 256, 384), new(300, 410, 900), new(100, 50, 200), new(97, 900, 1500)];

    public static TheoryData<SimdPath> Paths => ForcedPath.Data;

    [Theory, MemberData(nameof(Paths))]
    public void Products_that_need_several_pieces_are_exact_with_any_number_of_threads(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (var one in s_cases)
        {
            var ((m, n, k), expected) = (one, one.Expected.Value);
            using var x = new TestMatrix<float>(m, k, gap: 1).FillWhole(1);
            using var w = new TestWeight(ElementType.F32, n, k).FillWhole(2);
            using var dy = new TestMatrix<float>(m, n, gap: 3).FillWhole(3);
            foreach (var pool in new[] { Pools.One, Pools.Two, Pools.Five })
            {
                var what = $"x [{m}, {k}] W [{n}, {k}], {pool.Threads} threads:";
                using var y = new TestMatrix<float>(m, n, gap: 5);
                LinearForward.Run(pool, x.View, w.View, y.View);
                Assert.True(expected.Y.AsSpan().SequenceEqual(y.Values), what);
                using var dx = new TestMatrix<float>(m, k, gap: 2).Fill((_, _) => 0);
                LinearBackwardInput.Run(pool, dy.View, w.View, dx.View);
                Assert.True(expected.Dx.AsSpan().SequenceEqual(dx.Values), what);
                using var dw = new TestMatrix<float>(n, k, gap: 2).Fill((_, _) => 0);
                LinearBackwardWeight.Run(pool, dy.View, x.View, dw.View);
                Assert.True(expected.Dw.AsSpan().SequenceEqual(dw.Values), what);
                y.AssertUntouchedOutside();
                dx.AssertUntouchedOutside();
                dw.AssertUntouchedOutside();
            }
        }
    }

    /// <summary>x [M, K] and W [N, K] of small whole numbers, whose products and sums are exact in float32.</summary>
    private sealed record Case(int M, int N, int K)
    {
        /// <summary>y = x W^T, dx = dy W and dW = dy^T x, computed once for all paths.</summary>
        public Lazy<(float[] Y, float[] Dx, float[] Dw)> Expected { get; } = new(() =>
        {
            float[] x = Numbers(1, M, K), w = Numbers(2, N, K), dy = Numbers(3, M, N), y = new float[M * N], dx = new float[M * K], dw = new float[N * K];
            for (int m = 0; m < M; m++)
                for (int n = 0; n < N; n++)
                    for (int k = 0; k < K; k++)
                    {
                        y[m * N + n] += x[m * K + k] * w[n * K + k];
                        dx[m * K + k] += dy[m * N + n] * w[n * K + k];
                        dw[n * K + k] += dy[m * N + n] * x[m * K + k];
                    }
            return (y, dx, dw);
        });

        private static float[] Numbers(ulong seed, int rows, int columns) => [.. Enumerable.Range(0, rows * columns).Select(i => (float)Whole.At(seed, i / columns, i % columns))];
    }
}
