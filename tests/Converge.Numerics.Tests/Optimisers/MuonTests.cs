using Converge.Numerics.Tests.Support;
using Dense = MathNet.Numerics.LinearAlgebra.Matrix<double>;
using Svd = MathNet.Numerics.LinearAlgebra.Factorization.Svd<double>;

namespace Converge.Numerics.Tests.Optimisers;

/// <summary>Muon against its definition, written down once more with a singular value decomposition.</summary>
[Collection(SimdCollection.Name)]
public sealed class MuonTests
{
    // Where the polynomial 3.4445 x - 4.7750 x^3 + 2.0315 x^5 is level: 0.6818 at x = 1.0501 and 1.2024 at x = 0.5545.
    private const double Least = 0.681, Greatest = 1.203;
    private static readonly Muon.Settings s_settings = new(LearningRate: 0.02, Momentum: 0.9, WeightDecay: 0.1);

    public static TheoryData<SimdPath> Paths => ForcedPath.Data;

    [Theory]
    [InlineData(16, 64)]
    [InlineData(1, 7)]
    [InlineData(5, 17)]
    [InlineData(48, 130)]
    public void Singular_values_end_near_one_and_directions_stay(int rows, int columns)
    {
        using var x = Normal(rows, columns, seed: 1);
        var before = Wide(x.View).Svd();
        Assert.True(before.ConditionNumber < 10);
        Muon.Orthogonalise(Pools.Two, x);
        var after = Wide(x.View);
        Assert.All(after.Svd().S, value => Assert.InRange(value, Least, Greatest));
        // X X^T is near the identity, and what it differs by is those values and not a turn.
        var gram = after * after.Transpose();
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < rows; j++) Assert.InRange(gram[i, j], i == j ? Least * Least : -0.5, i == j ? Greatest * Greatest : 0.5);
        AssertClose(Polar(before), after, 1e-4);
    }

    [Fact]
    public void Small_singular_values_grow_and_none_is_turned_round()
    {
        // Singular values of 1, 0.1 and 0.01, of which the least needs more than five steps.
        using var x = new Matrix<double>(3, 4);
        for (int i = 0; i < 3; i++) x.View.Row(i)[i] = Math.Pow(10, -i);
        var before = Wide(x.View).Svd();
        Muon.Orthogonalise(Pools.One, x);
        AssertClose(Polar(before), Wide(x.View), 1e-12);
        for (int i = 0; i < 3; i++) Assert.InRange(x.View.Row(i)[i], i < 2 ? 0.6 : 0.1, 1.25);
    }

    [Fact]
    public void Zeros_stay_zeros_and_parameters_without_a_gradient_decay_alone()
    {
        using var x = new Matrix<float>(3, 5);
        Muon.Orthogonalise(Pools.One, x);
        Assert.All(x.Span.ToArray(), value => Assert.Equal(0, value));
        using var parameters = new TestMatrix<double>(2, 2).Fill((_, _) => 4);
        using var zeros = new TestMatrix<double>(2, 2).Fill((_, _) => 0);
        using var momentum = zeros.Copy();
        Muon.Update(Pools.One, parameters.View, zeros.View, momentum.View, s_settings);
        Assert.All(parameters.Values, value => Assert.Equal(4 * 0.998, value, 1e-15));
        Assert.All(momentum.Values, value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(6, 20)]
    [InlineData(20, 6)]
    [InlineData(9, 9)]
    [InlineData(1, 5)]
    [InlineData(5, 1)]
    public void Updates_follow_the_definition_in_both_precisions(int rows, int columns)
    {
        using var wide = new TestMatrix<double>(rows, columns, gap: 1).FillNormal(2);
        using var single = new TestMatrix<float>(rows, columns, gap: 3).FillNormal(2);
        using var wideMomentum = new TestMatrix<double>(rows, columns).Fill((_, _) => 0);
        using var singleMomentum = new TestMatrix<float>(rows, columns).Fill((_, _) => 0);
        var parameters = Wide(wide.View);
        var momentum = Dense.Build.Dense(rows, columns);
        for (ulong step = 0; step < 5; step++)
        {
            using var gradients = new TestMatrix<double>(rows, columns).FillNormal(10 + step, 1e-3);
            using var rounded = new TestMatrix<float>(rows, columns).FillNormal(10 + step, 1e-3);
            Muon.Update(Pools.Two, wide.View, gradients.View, wideMomentum.View, s_settings);
            Muon.Update(Pools.Two, single.View, rounded.View, singleMomentum.View, s_settings);

            var gradient = Wide(gradients.View);
            momentum = 0.9 * momentum + gradient;
            var direction = Polar((gradient + 0.9 * momentum).Svd());
            parameters = parameters * (1 - 0.02 * 0.1) - direction * (0.02 * 0.2 * Math.Sqrt(Math.Max(rows, columns)));
            AssertClose(momentum, Wide(wideMomentum.View), 1e-15);
            AssertClose(parameters, Wide(wide.View), 1e-11);
            AssertClose(parameters, Wide(single.View), 1e-4);
        }
        single.AssertUntouchedOutside();
        singleMomentum.AssertUntouchedOutside();
    }

    [Fact]
    public void The_size_of_a_gradient_does_not_matter_but_its_sign_does()
    {
        using var one = Step(1);
        using var thousand = Step(1000);
        using var opposite = Step(-1);
        for (int i = 0; i < one.Values.Length; i++)
        {
            Assert.Equal(one.Values[i], thousand.Values[i], 1e-9);
            Assert.Equal(one.Values[i], -opposite.Values[i], 1e-9);
            Assert.NotEqual(0, one.Values[i], 1e-6);
        }

        static TestMatrix<double> Step(double size)
        {
            var parameters = new TestMatrix<double>(4, 6).Fill((_, _) => 0);
            using var gradients = new TestMatrix<double>(4, 6).FillNormal(3, size);
            using var momentum = new TestMatrix<double>(4, 6).Fill((_, _) => 0);
            Muon.Update(Pools.One, parameters.View, gradients.View, momentum.View, s_settings);
            return parameters;
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Threads_do_not_change_a_bit(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        foreach (var (rows, columns) in new[] { (37, 130), (130, 37) })
        {
            float[]? expected = null;
            foreach (var pool in new[] { Pools.One, Pools.Two, Pools.Five })
            {
                using var parameters = new TestMatrix<float>(rows, columns).FillNormal(4);
                using var gradients = new TestMatrix<float>(rows, columns).FillNormal(5);
                using var momentum = new TestMatrix<float>(rows, columns).FillNormal(6);
                // Also from within a piece of work, as a trainer calls it.
                if (pool == Pools.Five) pool.For(2, i => { if (i == 1) Muon.Update(pool, parameters.View, gradients.View, momentum.View, s_settings); });
                else Muon.Update(pool, parameters.View, gradients.View, momentum.View, s_settings);
                expected ??= parameters.Values;
                Same.Bits(expected, parameters.Values, $"{pool.Threads} threads:");
            }
        }
    }

    // U f(S) V^T, where f is five steps of the polynomial from S divided by its Euclidean norm.
    private static Dense Polar(Svd svd)
    {
        double norm = svd.S.L2Norm();
        var values = svd.S.Map(value =>
        {
            double x = value / norm;
            for (int i = 0; i < 5; i++) x = 3.4445 * x - 4.7750 * Math.Pow(x, 3) + 2.0315 * Math.Pow(x, 5);
            return x;
        });
        int count = values.Count;
        return svd.U.SubMatrix(0, svd.U.RowCount, 0, count) * Dense.Build.DenseOfDiagonalVector(values) * svd.VT.SubMatrix(0, count, 0, svd.VT.ColumnCount);
    }

    private static Matrix<float> Normal(int rows, int columns, ulong seed)
    {
        var matrix = new Matrix<float>(rows, columns);
        for (int i = 0; i < matrix.Span.Length; i++) matrix.Span[i] = (float)(3 * Philox.NormalAt(seed, 0, (ulong)i));
        return matrix;
    }

    private static Dense Wide<T>(MatrixView<T> view) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        Dense.Build.Dense(view.Rows, view.Columns, (row, column) => double.CreateChecked(view.Row(row)[column]));

    private static void AssertClose(Dense expected, Dense actual, double tolerance)
    {
        Assert.Equal((expected.RowCount, expected.ColumnCount), (actual.RowCount, actual.ColumnCount));
        Assert.InRange((expected - actual).Enumerate().Max(Math.Abs), 0, tolerance);
    }
}
