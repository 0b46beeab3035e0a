namespace Converge.Numerics.Tests.Optimisers;

/// <summary>AdamW against the formulas of its paper.</summary>
public sealed class AdamWTests
{
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

    [Fact]
    public void Many_steps_follow_the_paper_in_both_precisions()
    {
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

    [Fact]
    public void An_element_that_is_not_finite_leaves_the_others_alone()
    {
        float[] clean = [1, 2, 3], spoilt = [1, 2, 3];
        AdamW.Update<float>(clean, [0.1f, 0.2f, 0.3f], new float[3], new float[3], 1, s_usual);
        AdamW.Update<float>(spoilt, [0.1f, float.NaN, 0.3f], new float[3], new float[3], 1, s_usual);
        Assert.Equal((clean[0], clean[2]), (spoilt[0], spoilt[2]));
        Assert.True(float.IsNaN(spoilt[1]));
    }
}
