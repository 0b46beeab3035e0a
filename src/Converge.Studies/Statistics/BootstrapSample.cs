namespace Converge.Studies.Statistics;

/// <summary>A sample of runs and what its resamples make of it.</summary>
internal sealed class BootstrapSample
{
    public BootstrapSample(IReadOnlyList<double> values, ResampleCounts counts)
    {
        int n = values.Count;
        Mean = Moments.Mean(values);
        (Lowest, Highest) = (values.Min(), values.Max());
        // Distances from the mean, so that squares do not cancel.
        var distances = new double[n];
        var squares = new double[n];
        // Where all are equal, rounding in the mean must not pass for spread.
        for (int i = 0; i < n && Highest > Lowest; i++)
        {
            distances[i] = values[i] - Mean;
            squares[i] = distances[i] * distances[i];
        }
        SquaredError = Moments.Sum(squares) / ((double)n * (n - 1));
        Deviations = counts.Sums(distances);
        SquaredErrors = counts.Sums(squares);
        for (int r = 0; r < Deviations.Length; r++)
        {
            double mean = Deviations[r] / n;
            Deviations[r] = mean;
            SquaredErrors[r] = Math.Max(0, SquaredErrors[r] / n - mean * mean) / (n - 1);
        }
    }

    /// <summary>The sample's mean.</summary>
    public double Mean { get; }

    /// <summary>The square of the mean's standard error.</summary>
    public double SquaredError { get; }

    /// <summary>The least value.</summary>
    public double Lowest { get; }

    /// <summary>The greatest value.</summary>
    public double Highest { get; }

    /// <summary>For every resample, its mean less the sample's.</summary>
    public double[] Deviations { get; }

    /// <summary>For every resample, the square of its mean's standard error.</summary>
    public double[] SquaredErrors { get; }
}
