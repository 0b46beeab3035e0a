namespace Converge.Studies.Metrics;

/// <summary>The label that a condition predicts for a query: the one whose whole string is the most probable.</summary>
public static class LabelPrediction
{
    /// <summary>
    /// The indices of the most probable labels, rising; more than one only when log-probabilities are equal to the last bit. Null where one
    /// of them is not a number.
    /// </summary>
    public static IReadOnlyList<int>? Of(ReadOnlySpan<double> logProbabilities)
    {
        double best = double.NegativeInfinity;
        foreach (double value in logProbabilities)
        {
            if (double.IsNaN(value)) return null;
            best = Math.Max(best, value);
        }
        var labels = new List<int>();
        for (int i = 0; i < logProbabilities.Length; i++)
            if (logProbabilities[i] == best)
                labels.Add(i);
        return labels;
    }

    /// <summary>The predictions of all queries from [queries, labels] log-probabilities.</summary>
    public static IReadOnlyList<int>?[] PerQuery(double[] logProbabilities, int queries, int labels)
    {
        var predictions = new IReadOnlyList<int>?[queries];
        for (int query = 0; query < queries; query++) predictions[query] = Of(logProbabilities.AsSpan(query * labels, labels));
        return predictions;
    }
}
