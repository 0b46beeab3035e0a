namespace Converge.Studies.Metrics;

/// <summary>M10: accuracy over the label set.</summary>
public static class Accuracy
{
    /// <summary>
    /// 1 where the prediction is the gold label, 0 where it is not. A tie of m labels that includes the gold one counts 1/m: what breaking
    /// it by lot would give on average, so that the order of the labels favours none. Null where there is no prediction.
    /// </summary>
    public static double?[] PerQuery(IReadOnlyList<int>?[] predictions, IReadOnlyList<int> gold)
    {
        var values = new double?[predictions.Length];
        for (int query = 0; query < values.Length; query++)
            if (predictions[query] is { } labels)
                values[query] = labels.Contains(gold[query]) ? 1.0 / labels.Count : 0;
        return values;
    }
}
