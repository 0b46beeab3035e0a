namespace Converge.Engine.Tuning;

/// <summary>Which rows a step takes.</summary>
internal static class BatchRows
{
    /// <summary>The rows of step <paramref name="step"/> (from 1): in the order given, epoch after epoch, an epoch's last batch being cut short.</summary>
    public static IEnumerable<TuningRow> Of(IReadOnlyList<TuningRow> rows, int batchSize, int step)
    {
        int batches = (rows.Count + batchSize - 1) / batchSize;
        int first = (step - 1) % batches * batchSize;
        for (int i = first; i < Math.Min(rows.Count, first + batchSize); i++) yield return rows[i];
    }
}
