using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Optimisers;

/// <summary>AdamW against the formulas of its paper.</summary>
[Collection(SimdCollection.Name)]
public sealed class AdamWTests
{
    public static TheoryData<SimdPath> PathData => ForcedPath.Data;

    private static readonly AdamW.Settings s_usual = new(1e-3, 0.9, 0.999, 1e-8, 0);

    [Fact]
    public void The_first_step_is_the_rate_against_the_sign_of_the_gradient()
    {
        double[] gradients = [1e-3, -5, 1e4, -0.2, 0], parameters = [1, 1, 1, 1, 1];
        AdamW.Update<double>(parameters, gradients, new double[5], new double[5], 1, s_usual);
        for (int i = 0; i < 5; i++) Assert.Equal(1 - 1e-3 * Math.Sign(gradients[i]), parameters[i], 1e-7);
        Assert.Equal(1, parameters[4]);
    }

    [Fact]
    public void Weight_decay_is_apart_from_the_gradient()
    {
        double[] parameters = [4, -2];
        AdamW.Update<double>(parameters, [0, 0], new double[2], new double[2], 1, s_usual with { LearningRate = 0.1, WeightDecay = 0.5 });
        Assert.Equal([4 * 0.95, -2 * 0.95], parameters);
    }

    [Theory, MemberData(nameof(PathData))]
    public void Many_steps_follow_the_paper_in_both_precisions(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        const int N = 37;
        var settings = new AdamW.Settings(0.01, 0.8, 0.95, 1e-6, 0.1);
        double[] theta = [.. Enumerable.Range(0, N).Select(i => Philox.NormalAt(1, 0, (ulong)i))], m = new double[N], v = new double[N];
        double[] wide = [.. theta], first = new double[N], second = new double[N];
        float[] single = [.. theta.Select(value => (float)value)], first32 = new float[N], second32 = new float[N];
        for (int step = 1; step <= 50; step++)
        {
            double[] gradients = [.. Enumerable.Range(0, N).Select(i => Philox.NormalAt(2, (ulong)step, (ulong)i))];
            AdamW.Update<double>(wide, gradients, first, second, step, settings);
            AdamW.Update<float>(single, [.. gradients.Select(value => (float)value)], first32, second32, step, settings);
            for (int i = 0; i < N; i++)
            {
                m[i] = 0.8 * m[i] + 0.2 * gradients[i];
                v[i] = 0.95 * v[i] + 0.05 * gradients[i] * gradients[i];
                double mHat = m[i] / (1 - Math.Pow(0.8, step)), vHat = v[i] / (1 - Math.Pow(0.95, step));
                theta[i] -= 0.01 * (mHat / (Math.Sqrt(vHat) + 1e-6) + 0.1 * theta[i]);
                Assert.Equal(theta[i], wide[i], 1e-13);
                Assert.Equal(theta[i], single[i], 1e-5);
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Every_path_is_within_rounding_of_the_reference_whatever_the_length(SimdPath path)
    {
        foreach (int n in Sizes.All)
        {
            var (parameters, gradients, first, second) = State(1, n);
            var (reference, _, referenceFirst, referenceSecond) = State(1, n);
            using (parameters) using (gradients) using (first) using (second) using (reference) using (referenceFirst) using (referenceSecond)
            {
                using (new ForcedPath(SimdPath.Scalar)) AdamW.Update(reference.Span, gradients.Span, referenceFirst.Span, referenceSecond.Span, 3, s_usual with { WeightDecay = 0.1 });
                using (new ForcedPath(path)) AdamW.Update(parameters.Span, gradients.Span, first.Span, second.Span, 3, s_usual with { WeightDecay = 0.1 });
                for (int i = 0; i < n; i++)
                {
                    Assert.Equal(referenceFirst.Span[i], first.Span[i], 4 * Rounding.Single * 4);
                    Assert.Equal(referenceSecond.Span[i], second.Span[i], 4 * Rounding.Single * referenceSecond.Span[i]);
                    Assert.Equal(reference.Span[i], parameters.Span[i], 2 * Rounding.Single * (1 + Math.Abs(reference.Span[i])));
                }
            }
        }
    }

    [Theory, MemberData(nameof(PathData))]
    public void Threads_and_cuts_do_not_change_a_bit(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        var (whole, gradients, first, second) = State(700, 101);
        var (parts, _, partFirst, partSecond) = State(700, 101);
        using (whole) using (gradients) using (first) using (second) using (parts) using (partFirst) using (partSecond)
        {
            AdamW.Update(Pools.Five, whole, gradients, first, second, 2, s_usual);
            for (int row = 0; row < 700; row++) AdamW.Update<float>(parts.View.Row(row), gradients.View.Row(row), partFirst.View.Row(row), partSecond.View.Row(row), 2, s_usual);
            Same.Bits(parts.Span, whole.Span);
            Same.Bits(partFirst.Span, first.Span);
            Same.Bits(partSecond.Span, second.Span);
        }
    }

    [Fact]
    public void Shapes_that_differ_are_refused()
    {
        using var parameters = new Matrix<float>(3, 4);
        using var other = new Matrix<float>(4, 3);
        Assert.Throws<ArgumentException>(() => AdamW.Update(Pools.One, parameters, parameters, other, parameters, 1, s_usual));
        Assert.Throws<ArgumentException>(() => AdamW.Update<float>(new float[3], new float[2], new float[3], new float[3], 1, s_usual));
    }

    [Theory, MemberData(nameof(PathData))]
    public void An_element_that_is_not_finite_leaves_the_others_alone(SimdPath path)
    {
        using var forced = new ForcedPath(path);
        float[] clean = [1, 2, 3], spoilt = [1, 2, 3];
        AdamW.Update<float>(clean, [0.1f, 0.2f, 0.3f], new float[3], new float[3], 1, s_usual);
        AdamW.Update<float>(spoilt, [0.1f, float.NaN, 0.3f], new float[3], new float[3], 1, s_usual);
        Assert.Equal((clean[0], clean[2]), (spoilt[0], spoilt[2]));
        Assert.True(float.IsNaN(spoilt[1]));
    }

    private static (Matrix<float> Parameters, Matrix<float> Gradients, Matrix<float> First, Matrix<float> Second) State(int rows, int columns)
    {
        return (Filled(1, value => value), Filled(2, value => value), Filled(3, value => value), Filled(4, value => value * value));

        Matrix<float> Filled(ulong seed, Func<double, double> of)
        {
            var matrix = new Matrix<float>(rows, columns);
            for (int i = 0; i < matrix.Span.Length; i++) matrix.Span[i] = (float)of(Philox.NormalAt(seed, 0, (ulong)i));
            return matrix;
        }
    }
}
