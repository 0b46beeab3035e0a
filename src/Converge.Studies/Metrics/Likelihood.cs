using System.Text;

namespace Converge.Studies.Metrics;

/// <summary>
/// How probable the reference answers of a task without labels are: the model reads each reference after its prompt (teacher forcing) and
/// nothing is decoded. A reference whose log-probability is infinite or not a number has no value.
/// </summary>
public static class Likelihood
{
    /// <summary>For each query, the mean log-probability of its reference's tokens, in nats; null where undefined.</summary>
    /// <param name="logProbabilities">For each query, the log-probability of its whole reference, in nats.</param>
    /// <param name="tokens">For each query, the tokens of its reference.</param>
    public static double?[] PerQuery(IReadOnlyList<double> logProbabilities, IReadOnlyList<int[]> tokens) =>
        [.. tokens.Select((reference, i) => Defined(logProbabilities[i] / reference.Length))];

    /// <summary>exp(-S / T) with S the log-probability of all references and T the number of their tokens; null where one is undefined.</summary>
    public static double? Perplexity(IReadOnlyList<double> logProbabilities, IReadOnlyList<int[]> tokens) =>
        Defined(Math.Exp(-Sum(logProbabilities) / tokens.Sum(reference => reference.Length)));

    /// <summary>
    /// -S / (B ln 2) with S the log-probability of all references and B their length in bytes of UTF-8, the space in front included since it is
    /// scored too; null where one is undefined. Unlike the other two it can be compared between tokenizers.
    /// </summary>
    public static double? BitsPerByte(IReadOnlyList<double> logProbabilities, IReadOnlyList<string> texts) =>
        Defined(-Sum(logProbabilities) / (texts.Sum(Encoding.UTF8.GetByteCount) * Math.Log(2)));

    private static double Sum(IReadOnlyList<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum;
    }

    private static double? Defined(double value) => double.IsFinite(value) ? value : null;
}
