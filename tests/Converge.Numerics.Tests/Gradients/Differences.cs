using Converge.Numerics.Tests.Support;

namespace Converge.Numerics.Tests.Gradients;

/// <summary>Gradients by central differences in double precision.</summary>
internal static class Differences
{
    private const double Step = 1e-3;

    /// <summary>Fails unless <paramref name="gradient"/> is that of <paramref name="loss"/> with respect to every element of <paramref name="parameter"/>.</summary>
    public static void AssertGradient(string name, TestMatrix<double> parameter, TestMatrix<double> gradient, Func<double> loss)
    {
        double greatest = 0;
        for (int row = 0; row < parameter.Rows; row++)
        {
            for (int column = 0; column < parameter.Columns; column++)
            {
                double value = parameter[row, column];
                double Loss(double at)
                {
                    parameter[row, column] = at;
                    return loss();
                }

                // Fourth order: with this step both the truncation and the rounding are near 1e-11 of the loss.
                double h = Step, expected = (8 * (Loss(value + h) - Loss(value - h)) - (Loss(value + 2 * h) - Loss(value - 2 * h))) / (12 * h);
                parameter[row, column] = value;
                greatest = Math.Max(greatest, Math.Abs(expected));
                double error = Math.Abs(expected - gradient[row, column]);
                Assert.True(error <= 1e-9 * (1 + Math.Abs(expected)), $"{name}[{row}, {column}]: {gradient[row, column]:R}, by differences {expected:R}");
            }
        }
        Assert.True(greatest > 0.01, $"{name} has no gradient to speak of");
    }

    /// <summary>The sum of the products of two matrices' elements: a loss with <paramref name="weights"/> as its gradient.</summary>
    public static double Dot(TestMatrix<double> values, TestMatrix<double> weights) => values.Values.Zip(weights.Values, (value, weight) => value * weight).Sum();
}
