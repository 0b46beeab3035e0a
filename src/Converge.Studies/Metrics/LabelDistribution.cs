namespace Converge.Studies.Metrics;

/// <summary>The distribution over the label set that whole-label log-probabilities come to.</summary>
public static class LabelDistribution
{
    /// <summary>exp(l_i) / sum exp(l_j), taken relative to the greatest so that nothing underflows; not numbers where one is not.</summary>
    public static double[] Of(ReadOnlySpan<double> logProbabilities)
    {
        double greatest = double.NegativeInfinity, sum = 0;
        foreach (double value in logProbabilities) greatest = Math.Max(greatest, value);
        var distribution = new double[logProbabilities.Length];
        for (int i = 0; i < distribution.Length; i++) sum += distribution[i] = Math.Exp(logProbabilities[i] - greatest);
        for (int i = 0; i < distribution.Length; i++) distribution[i] /= sum;
        return distribution;
    }
}
