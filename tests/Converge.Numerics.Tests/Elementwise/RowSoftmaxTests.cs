using System.Runtime.Intrinsics;
using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Elementwise;

/// <summary>The softmax of a row of scores in every width of vector.</summary>
[Collection(SimdCollection.Name)]
public sealed class RowSoftmaxTests
{
    public static TheoryData<SimdPath> PathData => [.. ForcedPath.All.Where(path => path != SimdPath.Scalar)];

    [Theory, MemberData(nameof(PathData))]
    public void Every_length_is_within_rounding_of_double_precision(SimdPath path)
    {
        foreach (int n in Sizes.All)
        {
            using var row = new TestMatrix<float>(1, n, byteOffset: 4).FillNormal((ulong)n, deviation: 5);
            AssertSoftmax(path, row, 0.37f, $"{n} scores");
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Scores_far_apart_and_minus_infinity_become_zero(SimdPath path)
    {
        foreach (int n in new[] { 2, 5, 17, 40 })
        {
            for (int greatest = 0; greatest < n; greatest++)
            {
                using var row = new TestMatrix<float>(1, n).Fill((_, i) => i == greatest ? 1e30 : i % 2 == 0 ? -1e30 : double.NegativeInfinity);
                InPlace(path, row, 1);
                float[] expected = new float[n];
                expected[greatest] = 1;
                Same.Bits(expected, row.Values, $"{n} scores, the greatest at {greatest}:");
                row.AssertUntouchedOutside();
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void NaN_or_plus_infinity_spoils_the_whole_row(SimdPath path)
    {
        foreach (float special in new[] { float.NaN, float.PositiveInfinity })
        {
            for (int at = 0; at < 37; at++)
            {
                using var row = new TestMatrix<float>(1, 37).FillNormal(1);
                row[0, at] = special;
                InPlace(path, row, 1);
                Assert.True(float.IsNaN(row[0, at]), $"{special} at {at}");
                if (float.IsNaN(special)) Assert.All(row.Values, value => Assert.True(float.IsNaN(value), $"NaN at {at}"));
                row.AssertUntouchedOutside();
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void The_greatest_is_found_at_every_place(SimdPath path)
    {
        foreach (int n in Sizes.Odd)
        {
            for (int at = 0; at < n; at++)
            {
                using var row = new TestMatrix<float>(1, n).Fill((_, i) => i == at ? -1 : -2 - i);
                Assert.Equal(-1, Greatest(path, row));
            }
        }
    }

    private static void AssertSoftmax(SimdPath path, TestMatrix<float> row, float scale, string what)
    {
        double[] scores = [.. row.Values.Select(value => (double)value * scale)];
        double greatest = scores.Max(), total = scores.Sum(score => Math.Exp(score - greatest));
        InPlace(path, row, scale);
        // The exponent's rounding grows with the distance from the greatest.
        Same.Within([.. scores.Select(score => Math.Exp(score - greatest) / total)], row.Values, i => 8 * (1 + greatest - scores[i]) * Rounding.Single * Math.Exp(scores[i] - greatest) / total, what);
        Assert.Equal(1, row.Values.Sum(value => (double)value), 1e-6);
        row.AssertUntouchedOutside();
    }

    private static unsafe void InPlace(SimdPath path, TestMatrix<float> row, float scale)
    {
        float* data = row.View.Data;
        if (path == SimdPath.Avx512) RowSoftmax<Vector512<float>, Simd512>.InPlace(data, row.Columns, scale);
        else if (path == SimdPath.Avx2) RowSoftmax<Vector256<float>, Simd256>.InPlace(data, row.Columns, scale);
        else RowSoftmax<Vector128<float>, Simd128>.InPlace(data, row.Columns, scale);
    }

    private static unsafe float Greatest(SimdPath path, TestMatrix<float> row) => path switch
    {
        SimdPath.Avx512 => RowSoftmax<Vector512<float>, Simd512>.Greatest(row.View.Data, row.Columns),
        SimdPath.Avx2 => RowSoftmax<Vector256<float>, Simd256>.Greatest(row.View.Data, row.Columns),
        _ => RowSoftmax<Vector128<float>, Simd128>.Greatest(row.View.Data, row.Columns),
    };
}
