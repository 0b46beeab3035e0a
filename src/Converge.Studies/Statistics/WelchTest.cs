using MathNet.Numerics.Distributions;

namespace Converge.Studies.Statistics;

/// <summary>Welch's test of two samples of unequal spread, with Satterthwaite's degrees of freedom (Welch 1947).</summary>
public static class WelchTest
{
    /// <summary>The p-values of "the mean of the second less that of the first is zero"; null where either has fewer than two runs or neither has a spread.</summary>
    /// <param name="first">One value a run.</param>
    /// <param name="second">One value a run.</param>
    public static PValues? Of(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (Moments.Sd(first) is not { } a || Moments.Sd(second) is not { } b || a + b == 0) return null;
        double errorA = a * a / first.Count, errorB = b * b / second.Count, error = errorA + errorB;
        double t = (Moments.Mean(second) - Moments.Mean(first)) / Math.Sqrt(error), degrees = DegreesOfFreedom(errorA, first.Count, errorB, second.Count);
        return new PValues(StudentT.CDF(0, 1, degrees, -t), StudentT.CDF(0, 1, degrees, t));
    }

    /// <summary>Satterthwaite's degrees of freedom of a difference of two means.</summary>
    /// <param name="errorA">The square of one mean's standard error.</param>
    /// <param name="runsA">Its number of runs.</param>
    /// <param name="errorB">The square of the other's; not both are zero.</param>
    /// <param name="runsB">Its number of runs.</param>
    internal static double DegreesOfFreedom(double errorA, int runsA, double errorB, int runsB) =>
        (errorA + errorB) * (errorA + errorB) / (errorA * errorA / (runsA - 1) + errorB * errorB / (runsB - 1));
}
