namespace Converge.Studies.Metrics;

/// <summary>M11: how far apart two distributions are.</summary>
public static class Divergence
{
    /// <summary>
    /// The Jensen-Shannon divergence in bits, in [0, 1]: the mean of the two divergences from the mean distribution (Lin 1991). Null where a
    /// probability is not a number.
    /// </summary>
    /// <param name="first">Probabilities that sum to 1.</param>
    /// <param name="second">As many.</param>
    public static double? JensenShannon(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double sum = 0;
        for (int i = 0; i < first.Length; i++)
        {
            double middle = (first[i] + second[i]) / 2;
            sum += Term(first[i], middle) + Term(second[i], middle);
        }
        return double.IsFinite(sum) ? Math.Clamp(sum / (2 * Math.Log(2)), 0, 1) : null;
    }

    /// <summary>
    /// The Kullback-Leibler divergence of <paramref name="second"/> from <paramref name="first"/> in nats, sum p (log p - log q), from log-probabilities
    /// over the vocabulary; at least 0. Null where one is not a number or the second excludes what the first allows.
    /// </summary>
    public static double? KullbackLeibler(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double sum = 0;
        for (int i = 0; i < first.Length; i++)
        {
            double p = Math.Exp(first[i]);
            if (p != 0) sum += p * ((double)first[i] - second[i]);
        }
        return double.IsFinite(sum) ? Math.Max(0, sum) : null;
    }

    /// <summary>For each query the Jensen-Shannon divergence of two conditions' distributions over the labels, from [queries, labels] log-probabilities.</summary>
    public static double?[] OfLabels(double[] first, double[] second, int queries, int labels)
    {
        var values = new double?[queries];
        for (int query = 0; query < queries; query++)
        {
            var a = LabelDistribution.Of(first.AsSpan(query * labels, labels));
            var b = LabelDistribution.Of(second.AsSpan(query * labels, labels));
            values[query] = JensenShannon(a, b);
        }
        return values;
    }

    private static double Term(double p, double middle) => p == 0 ? 0 : p * Math.Log(p / middle);
}
