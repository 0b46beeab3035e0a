using Converge.Numerics;
using Converge.Studies.Metrics;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Tests.Metrics;

public class SimilarityMetricTests
{
    [Fact]
    public void Cosine_of_3_4_and_4_3_is_24_over_25() => Assert.Equal(0.96, Cosine.Of([3, 4], [4, 3]));

    [Fact]
    public void Cosine_of_equal_vectors_is_exactly_one_and_of_opposite_ones_exactly_minus_one()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            double[] a = Vector(seed, 37);
            Assert.Equal(1.0, Cosine.Of(a, a));
            Assert.Equal(-1.0, Cosine.Of(a, [.. a.Select(x => -x)]));
        }
    }

    [Fact]
    public void Cosine_with_a_zero_or_a_non_finite_vector_is_missing()
    {
        Assert.Null(Cosine.Of([0, 0], [1, 2]));
        Assert.Null(Cosine.Of([1, 2], [0, 0]));
        Assert.Null(Cosine.Of([1, double.NaN], [1, 2]));
        Assert.Null(Cosine.Of([1, double.PositiveInfinity], [1, 2]));
    }

    [Fact]
    public void Cosine_does_not_see_positive_scale() => Check.QuickThrowOnFailure(Prop.ForAll(
        Gen.Choose(1, 64).ToArbitrary(), Gen.Choose(0, 10_000).ToArbitrary(), (width, seed) =>
            Math.Abs(Cosine.Of(Vector(seed, width), Vector(seed + 1, width))!.Value
                - Cosine.Of([.. Vector(seed, width).Select(x => 3.7 * x)], [.. Vector(seed + 1, width).Select(x => 0.2 * x)])!.Value) < 1e-12));

    [Fact]
    public void Inner_product_sums_in_the_stated_order_at_every_length()
    {
        for (int length = 0; length < 40; length++)
        {
            double[] a = Vector(1, length), b = Vector(2, length), lanes = new double[4];
            for (int i = 0; i < length; i++) lanes[i % 4] += a[i] * b[i];
            Assert.Equal(lanes[0] + lanes[1] + (lanes[2] + lanes[3]), InnerProduct.Of(a, b));
        }
    }

    [Fact]
    public void Centred_cosine_removes_each_conditions_own_mean()
    {
        // Means (10, 0) and (0, -5); what is left: (1, 0), (-1, 0) against (0, 1), (0, -1), then against (2, 0), (-2, 0).
        var first = Matrix([11, 0], [9, 0]);
        Assert.Equal([0, 0], CentredCosine.PerQuery(first, Matrix([0, -4], [0, -6])));
        Assert.Equal([1, 1], CentredCosine.PerQuery(first, Matrix([2, -5], [-2, -5])));
    }

    [Fact]
    public void Centred_cosine_is_missing_where_all_queries_have_the_same_state_or_there_is_one()
    {
        double[] state = Vector(3, 16);
        var same = Matrix(state, state, state);
        Assert.All(CentredCosine.PerQuery(same, Matrix(Vector(4, 16), Vector(5, 16), Vector(6, 16))), value => Assert.Null(value));
        Assert.Equal([null], CentredCosine.PerQuery(Matrix(state), Matrix(Vector(4, 16))));
    }

    [Fact]
    public void Shift_compares_the_moves_away_from_the_anchor()
    {
        StateMatrix anchor = Matrix([100, 100], [5, 5], [7, 7], [1, 1]);
        StateMatrix icl = Matrix([103, 104], [6, 5], [7, 7], [2, 2]), it = Matrix([104, 103], [3, 5], [8, 8], [1, 1]);
        Assert.Equal([0.96, -1, null, null], Shift.CosinePerQuery(anchor, icl, it));
        Assert.Equal([1, 0.5, 0, null], Shift.NormRatioPerQuery(anchor, icl, it));
        Assert.Equal([0.96, -2, null, 0], Shift.ReproducedPerQuery(anchor, icl, it));
    }

    [Fact]
    public void A_shift_within_the_rounding_of_float32_is_none()
    {
        StateMatrix anchor = Matrix([1000, 0], [1000, 0], [1000, 0]);
        StateMatrix icl = Matrix([1000, 9e-4], [1000, 1.1e-3], [1000, 9e-4]), it = Matrix([1000, 5], [1000, 5], [1000, 9e-4]);
        Assert.Equal([null, 1, null], Shift.CosinePerQuery(anchor, icl, it));
        Assert.Equal([0, 2.2e-4, null], Shift.NormRatioPerQuery(anchor, icl, it));
    }

    [Fact]
    public void Anisotropy_is_the_mean_cosine_over_pairs_of_different_queries()
    {
        double[][] states = [.. Enumerable.Range(0, 9).Select(seed => Vector(seed, 20, shift: 0.7))];
        var cosines = from i in Enumerable.Range(0, 9) from j in Enumerable.Range(0, 9) where i != j select Cosine.Of(states[i], states[j])!.Value;
        Assert.Equal(cosines.Average(), Anisotropy.Of(Matrix(states))!.Value, 1e-14);
        Assert.Equal(0.0, Anisotropy.Of(Matrix([1, 0], [0, 5]))!.Value, 1e-15);
        Assert.Equal(-1.0, Anisotropy.Of(Matrix([1, 0], [-3, 0]))!.Value, 1e-15);
    }

    [Fact]
    public void Anisotropy_leaves_out_queries_without_a_direction_and_needs_two()
    {
        Assert.Equal(0.96, Anisotropy.Of(Matrix([3, 4], [0, 0], [4, 3]))!.Value, 1e-15);
        Assert.Null(Anisotropy.Of(Matrix([3, 4], [0, 0])));
    }

    private static StateMatrix Matrix(params double[][] rows) => new(rows.Length, rows[0].Length, [.. rows.SelectMany(row => row)]);

    private static double[] Vector(int seed, int width, double shift = 0) =>
        [.. Enumerable.Range(0, width).Select(i => shift + Philox.NormalAt((ulong)seed, 0, (ulong)i))];
}
