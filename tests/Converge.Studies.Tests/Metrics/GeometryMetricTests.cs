using Converge.Numerics;
using Converge.Studies.Metrics;

namespace Converge.Tests.Metrics;

/// <summary>M4, M5 and M17: metrics of the geometry of queries.</summary>
public class GeometryMetricTests
{
    private static readonly StateMatrix Line = Rows.Of([0.0], [1.0], [2.0], [3.0]), Bent = Rows.Of([0.0], [1.0], [4.0], [9.0]);

    [Fact]
    public void Biased_cka_of_single_columns_is_the_squared_correlation()
    {
        // Centred: (-1.5, -0.5, 0.5, 1.5) and (-3.5, -2.5, 0.5, 5.5); products 15, squares 5 and 49.
        Assert.Equal(15.0 * 15 / (5 * 49), LinearCka.Biased(GramMatrix.Of(Line), GramMatrix.Of(Bent))!.Value, 1e-12);
    }

    [Fact]
    public void Unbiased_cka_follows_song_et_al_by_hand()
    {
        // K of (0, 1, 2, 3) without diagonal: rows (0,0,0,0), (0,0,2,3), (0,2,0,6), (0,3,6,0): sums 0, 5, 8, 9. L of (0, 1, 4, 9): 4, 9, 36: sums 0, 13, 40, 45.
        double cross = Hsic(2 * ((2 * 4) + (3 * 9) + (6 * 36)), 22 * 98, (5 * 13) + (8 * 40) + (9 * 45));
        double first = Hsic(2 * (4 + 9 + 36), 22 * 22, 25 + 64 + 81), second = Hsic(2 * (16 + 81 + (36 * 36)), 98 * 98, (13 * 13) + (40 * 40) + (45 * 45));
        Assert.Equal(cross / Math.Sqrt(first * second), LinearCka.Unbiased(GramMatrix.Of(Line), GramMatrix.Of(Bent))!.Value, 1e-12);
        static double Hsic(double trace, double sums, double product) => (trace + (sums / (3.0 * 2)) - (2 / 2.0 * product)) / 4;
    }

    [Fact]
    public void Unbiased_cka_of_unrelated_states_wider_than_they_are_many_is_near_zero_where_the_biased_one_is_large()
    {
        double unbiased = 0, biased = 0;
        for (ulong seed = 0; seed < 40; seed++)
        {
            GramMatrix first = GramMatrix.Of(Rows.Normal(12, 64, 100 + seed)), second = GramMatrix.Of(Rows.Normal(12, 64, 200 + seed));
            unbiased += LinearCka.Unbiased(first, second)!.Value / 40;
            biased += LinearCka.Biased(first, second)!.Value / 40;
        }
        Assert.InRange(unbiased, -0.15, 0.15);
        Assert.InRange(biased, 0.6, 1);
    }

    [Fact]
    public void Geometry_does_not_change_with_rotation_shift_and_scale()
    {
        var states = Rows.Normal(9, 2, 3);
        var turned = Rows.Of([.. Enumerable.Range(0, 9).Select(i => new[] { 5 - 3 * states[i][1], 3 * states[i][0] - 2 })]);
        Assert.Equal(1, LinearCka.Unbiased(GramMatrix.Of(states), GramMatrix.Of(turned))!.Value, 1e-12);
        Assert.Equal(1, LinearCka.Biased(GramMatrix.Of(states), GramMatrix.Of(turned))!.Value, 1e-12);
        Assert.All(NeighbourhoodOverlap.PerQuery(DistanceMatrix.Of(states), DistanceMatrix.Of(turned), 3), value => Assert.Equal(1, value));
        Assert.Equal(IntrinsicDimension.TwoNearestNeighbours(DistanceMatrix.Of(states))!.Value, IntrinsicDimension.TwoNearestNeighbours(DistanceMatrix.Of(turned))!.Value, 1e-9);
    }

    [Fact]
    public void Cka_is_undefined_for_too_few_or_equal_states()
    {
        Assert.Null(LinearCka.Unbiased(GramMatrix.Of(Rows.Normal(3, 2, 1)), GramMatrix.Of(Rows.Normal(3, 2, 1))));
        var equal = GramMatrix.Of(Rows.Of([1.0, 1], [1, 1], [1, 1], [1, 1]));
        Assert.Null(LinearCka.Unbiased(equal, equal));
        Assert.Null(LinearCka.Biased(equal, equal));
    }

    [Fact]
    public void Rsa_ranks_the_cosines_of_pairs()
    {
        // Angles 0, 10, 40 against 0, 30, 40 degrees: distances 10, 40, 30 and 30, 40, 10; ranks of cosines 3 1 2 and 2 1 3, whose correlation is 0.5.
        var first = GramMatrix.Of(Angles(0, 10, 40));
        var second = GramMatrix.Of(Angles(0, 30, 40));
        Assert.Equal(0.5, RepresentationalSimilarity.Of(first, second)!.Value, 1e-12);
        Assert.Equal(1, RepresentationalSimilarity.Of(first, first)!.Value, 1e-12);
        Assert.Null(RepresentationalSimilarity.Of(GramMatrix.Of(Angles(0, 10)), GramMatrix.Of(Angles(0, 10))));
        Assert.Null(RepresentationalSimilarity.Of(first, GramMatrix.Of(Rows.Of([0.0, 0], [1, 0], [0, 1]))));
        static StateMatrix Angles(params int[] degrees) => Rows.Of([.. degrees.Select(degree => new[] { Math.Cos(degree * Math.PI / 180), Math.Sin(degree * Math.PI / 180) })]);
    }

    [Fact]
    public void Neighbourhoods_overlap_by_the_share_of_common_neighbours()
    {
        // Query 0 has 1 and 2 beside it, then 1 and 3.
        var first = DistanceMatrix.Of(Rows.Of([0.0], [1.0], [2.0], [10.0]));
        var second = DistanceMatrix.Of(Rows.Of([0.0], [1.0], [10.0], [2.0]));
        Assert.Equal(0.5, NeighbourhoodOverlap.PerQuery(first, second, 2)[0]);
        Assert.Equal(1.0, NeighbourhoodOverlap.PerQuery(first, second, 1)[0]);
        Assert.All(NeighbourhoodOverlap.PerQuery(first, second, 3), value => Assert.Null(value));
        // Unrelated geometries share k / (n - 1) of their neighbours.
        double mean = Enumerable.Range(0, 30).Average(seed => NeighbourhoodOverlap.PerQuery(
            DistanceMatrix.Of(Rows.Normal(21, 8, 300 + (ulong)seed)), DistanceMatrix.Of(Rows.Normal(21, 8, 400 + (ulong)seed))).Average()!.Value);
        Assert.Equal(0.25, mean, 0.03);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void The_intrinsic_dimension_of_a_flat_sheet_is_found_in_a_wide_space(int dimension)
    {
        // Uniform in a cube of the dimension, spread over 40 axes by fixed directions.
        double[] axes = [.. Enumerable.Range(0, dimension * 40).Select(i => Philox.NormalAt(9, 1, (ulong)i))];
        var states = Rows.Of([.. Enumerable.Range(0, 400).Select(row => Enumerable.Range(0, 40).Select(x =>
            Enumerable.Range(0, dimension).Sum(d => Philox.UniformAt(8, (ulong)row, (ulong)d) * axes[d * 40 + x])).ToArray())]);
        Assert.InRange(IntrinsicDimension.TwoNearestNeighbours(DistanceMatrix.Of(states))!.Value, 0.8 * dimension, 1.25 * dimension);
    }

    [Fact]
    public void Two_nearest_neighbours_by_hand()
    {
        // 0, 1, 3, 7: nearest 1, 1, 2, 4, second 3, 2, 3, 6; sum of logs of 3, 2, 1.5 and 1.5.
        var distances = DistanceMatrix.Of(Rows.Of([0.0], [1.0], [3.0], [7.0]));
        Assert.Equal(3 / Math.Log(3 * 2 * 1.5 * 1.5), IntrinsicDimension.TwoNearestNeighbours(distances)!.Value, 1e-12);
        // Twins have no scale and are left out; two queries are too few.
        Assert.Null(IntrinsicDimension.TwoNearestNeighbours(DistanceMatrix.Of(Rows.Of([0.0], [0.0], [1.0], [1.0]))));
        Assert.Null(IntrinsicDimension.TwoNearestNeighbours(DistanceMatrix.Of(Rows.Of([0.0], [1.0]))));
    }

    [Fact]
    public void Random_directions_have_no_bias_and_the_spread_of_their_width()
    {
        var shifts = Rows.Of([.. Enumerable.Repeat(Enumerable.Repeat(1.0, 64).ToArray(), 2000)]);
        double[] cosines = [.. RandomDirections.CosinePerQuery(shifts, 3).Select(value => value!.Value)];
        Assert.Equal(0, cosines.Average(), 0.01);
        Assert.Equal(1 / 8.0, Math.Sqrt(cosines.Average(cosine => cosine * cosine)), 0.01);
        Assert.NotEqual(cosines[0], RandomDirections.CosinePerQuery(shifts, 4)[0]);
        Assert.Equal(cosines[0], RandomDirections.CosinePerQuery(shifts, 3)[0]);
        Assert.Null(RandomDirections.CosinePerQuery(Rows.Of([0.0, 0]), 0)[0]);
    }
}
