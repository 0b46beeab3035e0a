using MathNet.Numerics.Distributions;

namespace Converge.Studies.Statistics;

/// <summary>A mean, or a difference of two, with its standard error and those of its resamples: what studentised intervals and p-values are made of.</summary>
/// <param name="mean">The mean.</param>
/// <param name="squaredError">The square of its standard error.</param>
/// <param name="deviations">For every resample, its mean less <paramref name="mean"/>.</param>
/// <param name="squaredErrors">For every resample, the square of its mean's standard error.</param>
/// <param name="lowest">The least that the mean can be by the range of the values.</param>
/// <param name="highest">The most.</param>
/// <param name="degreesOfFreedom">Of Student's t.</param>
internal sealed class StudentisedMean(double mean, double squaredError, double[] deviations, double[] squaredErrors, double lowest, double highest, double degreesOfFreedom)
{
    // A resample of equal values has no spread of its own: its t is without bound unless it hits the mean.
    private const double NoSpread = 1e-12, Unbounded = 1e300;

    /// <summary>The hull of the studentised bootstrap interval and Student's, cut to the range of the values.</summary>
    /// <param name="level">The coverage aimed at.</param>
    public Interval IntervalAt(double level)
    {
        if (squaredError == 0) return new Interval(mean, mean);
        double[] t = Resampled();
        Array.Sort(t);
        double tail = (1 - level) / 2, error = Math.Sqrt(squaredError), student = StudentT.InvCDF(0, 1, degreesOfFreedom, 1 - tail);
        return new Interval(
            Math.Clamp(mean - Math.Max(student, Quantile(t, 1 - tail)) * error, lowest, highest),
            Math.Clamp(mean + Math.Max(student, -Quantile(t, tail)) * error, lowest, highest));
    }

    /// <summary>
    /// How often a resample's t is at least, or at most, that of the mean's distance from <paramref name="threshold"/>, the mean itself counting as one resample more. Beyond
    /// the range of the values no resample counts, as intervals end there.
    /// </summary>
    public PValues PValuesAgainst(double threshold)
    {
        double least = 1 / (deviations.Length + 1.0);
        if (squaredError == 0 && Math.Abs(mean - threshold) <= NoSpread * Math.Abs(threshold)) return new PValues(1, 1);
        if (threshold < lowest || threshold > highest) return mean > threshold ? new PValues(least, 1) : new PValues(1, least);
        double observed = (mean - threshold) / Math.Sqrt(squaredError), slack = 1e-12 * Math.Max(1, Math.Abs(observed));
        long greater = 1, less = 1;
        foreach (double t in Resampled())
        {
            if (t >= observed - slack) greater++;
            if (t <= observed + slack) less++;
        }
        return new PValues(greater * least, less * least);
    }

    private double[] Resampled()
    {
        var t = new double[deviations.Length];
        for (int r = 0; r < t.Length; r++)
            t[r] = squaredErrors[r] > NoSpread * squaredError ? deviations[r] / Math.Sqrt(squaredErrors[r])
                : Math.Abs(deviations[r]) <= NoSpread * (highest - lowest) ? 0 : Math.CopySign(Unbounded, deviations[r]);
        return t;
    }

    // Linear interpolation between order statistics (Hyndman and Fan's type 7).
    private static double Quantile(double[] sorted, double probability)
    {
        double position = probability * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[^1];
    }
}
