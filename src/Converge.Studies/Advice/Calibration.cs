namespace Converge.Studies.Advice;

/// <summary>How far probabilities are from frequencies.</summary>
public static class Calibration
{
    /// <summary>The number of bins of <see cref="Error"/>.</summary>
    public const int Bins = 10;

    /// <summary>
    /// The expected calibration error (Naeini et al. 2015; Guo et al. 2017, equation 3): answers are sorted by confidence into ten bins of equal width, and the
    /// distance of a bin's accuracy from its mean confidence is averaged, each bin weighing as many answers as it holds.
    /// </summary>
    /// <param name="confidences">The probability of the answer given, in [0, 1].</param>
    /// <param name="right">Whether it was right.</param>
    public static double Error(IReadOnlyList<double> confidences, IReadOnlyList<bool> right)
    {
        var (confidence, correct) = (new double[Bins], new double[Bins]);
        for (int i = 0; i < confidences.Count; i++)
        {
            // The last bin holds 1 too.
            int bin = Math.Min(Bins - 1, (int)(confidences[i] * Bins));
            confidence[bin] += confidences[i];
            correct[bin] += right[i] ? 1 : 0;
        }
        double error = 0;
        for (int bin = 0; bin < Bins; bin++) error += Math.Abs(correct[bin] - confidence[bin]);
        return error / confidences.Count;
    }
}
