using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>Cross-entropy and its gradient on every vector path against double precision.</summary>
[Collection(SimdCollection.Name)]
public sealed class CrossEntropyTests
{
    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    [Theory, MemberData(nameof(PathData))]
    public void Equal_logits_cost_the_logarithm_of_their_number(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int n in Sizes.All)
        {
            foreach (double level in new[] { 0, -7.5, 1e30 })
            {
                using var logits = new TestMatrix<float>(1, n).Fill((_, _) => level);
                var (losses, chances) = (new double[1], ChunkedChances.Of(Pools.One, logits.View, [n - 1], n));
                CrossEntropy.Backward(Pools.One, logits.View, (int[])[n - 1], (double[])[1], losses);
                Assert.Equal(Math.Log(n), losses[0], 1e-12);
                Assert.Equal(-losses[0], chances[0]);
                Same.Within([.. Enumerable.Range(0, n).Select(i => 1.0 / n - (i == n - 1 ? 1 : 0))], logits.Values, _ => 1e-6);
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Every_vocabulary_is_within_rounding_of_double_precision(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int n in Sizes.All.Append(100_003))
        {
            const int Rows = 5;
            using var logits = new TestMatrix<float>(Rows, n, gap: 1, byteOffset: 4).FillNormal((ulong)n, deviation: 4);
            int[] targets = [0, n - 1, n / 2, n / 3, n - 1];
            double[] factors = [1, 0.5, -2, 0, 1.0 / 64], losses = new double[Rows];
            var (expectedLosses, expectedGradient) = Reference(logits, targets, factors);
            // In one chunk, in chunks that end within vectors, and in one for every token.
            foreach (int chunk in n <= 300 ? [n, 1, 7, 32] : new[] { n, 4096, 50_001 })
            {
                double[] chances = ChunkedChances.Of(Pools.Two, logits.View, targets, chunk);
                Same.Within([.. expectedLosses.Select(loss => -loss)], chances, i => 1e-7 * (1 + expectedLosses[i]), $"log-probabilities of {n} by {chunk}");
            }
            CrossEntropy.Backward(Pools.Five, logits.View, targets, factors, losses);
            Same.Within(expectedLosses, losses, i => 1e-7 * (1 + expectedLosses[i]), $"losses of {n}");
            Same.Within(expectedGradient, logits.Values, i => 20 * Rounding.Single * Math.Abs(factors[i / n]), $"gradient of {n}");
            logits.AssertUntouchedOutside();
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Logits_far_apart_neither_overflow_nor_lose_the_loss(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int n in new[] { 3, 8, 21 })
        {
            using var logits = new TestMatrix<float>(2, n).Fill((_, i) => i == 1 ? 3e4 : i == 2 ? double.NegativeInfinity : -3e4);
            var losses = new double[2];
            CrossEntropy.Backward(Pools.One, logits.View, (int[])[1, 0], (double[])[1, 1], losses);
            Assert.Equal([0, 6e4], losses);
            // Chunks in which no token is possible count for nothing.
            using var again = new TestMatrix<float>(2, n).Fill((_, i) => i == 1 ? 3e4 : double.NegativeInfinity);
            foreach (int chunk in new[] { 1, 2, n }) Assert.Equal([0, double.NegativeInfinity], ChunkedChances.Of(Pools.One, again.View, [1, 0], chunk));
            Same.Within([.. Enumerable.Range(0, 2 * n).Select(i => i == n ? -1.0 : i == n + 1 ? 1 : 0)], logits.Values, _ => 0);
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void A_small_loss_keeps_its_digits(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (int n in new[] { 3, 8, 21, 32, 1000 })
        {
            using var logits = new TestMatrix<float>(1, n).Fill((_, i) => i == 0 ? 18 : 0);
            var losses = new double[1];
            CrossEntropy.Backward(Pools.One, logits.View, (int[])[0], (double[])[1], losses);
            double rest = (n - 1) * Math.Exp(-18);
            Assert.Equal(Math.Log(1 + rest), losses[0], 1e-6 * rest);
            // The reference rounds the probability, which is near one, before it subtracts one.
            Assert.Equal(-rest / (1 + rest), logits[0, 0], path == SimdPath.Scalar ? Rounding.Single : 1e-6 * rest);
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void A_constant_added_to_all_logits_changes_nothing(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        using var logits = new TestMatrix<float>(1, 29).Fill((_, i) => i * i % 13 / 2.0);
        using var raised = new TestMatrix<float>(1, 29).Fill((_, i) => 4096 + i * i % 13 / 2.0);
        var (losses, raisedLosses) = (new double[1], new double[1]);
        CrossEntropy.Backward(Pools.One, logits.View, (int[])[4], (double[])[1], losses);
        CrossEntropy.Backward(Pools.One, raised.View, (int[])[4], (double[])[1], raisedLosses);
        Assert.Equal(losses, raisedLosses);
        Same.Bits(logits.Values, raised.Values);
    }

    [Theory, MemberData(nameof(PathData))]
    public void NaN_and_infinity_stay_in_their_row(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        const int N = 21;
        int[] targets = [3, 4, 5];
        using var clean = new TestMatrix<float>(3, N).FillNormal(1);
        var cleanLosses = new double[3];
        using var logits = clean.Copy();
        CrossEntropy.Backward(Pools.Two, clean.View, targets, (double[])[1, 1, 1], cleanLosses);
        foreach (float special in new[] { float.NaN, float.PositiveInfinity })
        {
            for (int at = 0; at < N; at++)
            {
                using var spoilt = logits.Copy();
                spoilt[1, at] = special;
                var losses = new double[3];
                CrossEntropy.Backward(Pools.Two, spoilt.View, targets, (double[])[1, 1, 1], losses);
                Assert.True(double.IsNaN(losses[1]), $"{special} at {at} gives a loss of {losses[1]}");
                using var scored = logits.Copy();
                scored[1, at] = special;
                double[] chances = ChunkedChances.Of(Pools.Two, scored.View, targets, 6);
                Assert.Equal((true, false, false), (double.IsNaN(chances[1]), double.IsNaN(chances[0]), double.IsNaN(chances[2])));
                Assert.Equal((cleanLosses[0], cleanLosses[2]), (losses[0], losses[2]));
                Same.Bits(clean.RowValues(0), spoilt.RowValues(0));
                Same.Bits(clean.RowValues(2), spoilt.RowValues(2));
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Rows_and_threads_do_not_change_a_bit(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        const int Rows = 30, N = 203;
        int[] targets = [.. Enumerable.Range(0, Rows)];
        double[] factors = [.. targets.Select(target => 1.0 / (1 + target))];
        using var logits = new TestMatrix<float>(Rows, N).FillNormal(2, deviation: 3);
        using var all = logits.Copy();
        var losses = new double[Rows];
        CrossEntropy.Backward(Pools.Five, all.View, targets, factors, losses);
        for (int row = 0; row < Rows; row++)
        {
            var loss = new double[1];
            CrossEntropy.Backward(Pools.One, logits.View.RowRange(row, 1), (int[])[targets[row]], (double[])[factors[row]], loss);
            Assert.Equal(BitConverter.DoubleToInt64Bits(losses[row]), BitConverter.DoubleToInt64Bits(loss[0]));
            Same.Bits(all.RowValues(row), logits.RowValues(row), $"row {row}:");
        }
    }

    private static (double[] Losses, double[] Gradient) Reference(TestMatrix<float> logits, int[] targets, double[] factors)
    {
        int n = logits.Columns;
        var (losses, gradient) = (new double[logits.Rows], new double[logits.Rows * n]);
        for (int row = 0; row < logits.Rows; row++)
        {
            double[] values = [.. logits.RowValues(row)];
            double greatest = values.Max(), total = values.Sum(value => Math.Exp(value - greatest));
            losses[row] = greatest + Math.Log(total) - values[targets[row]];
            for (int i = 0; i < n; i++) gradient[row * n + i] = factors[row] * (Math.Exp(values[i] - greatest) / total - (i == targets[row] ? 1 : 0));
        }
        return (losses, gradient);
    }
}
