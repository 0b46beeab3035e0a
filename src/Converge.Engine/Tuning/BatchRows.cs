namespace Converge.Engine.Tuning;

/// <summary>Which rows a step takes: in the order given, epoch after epoch, an epoch's last batch being cut short.</summary>
internal static class BatchRows
{
    /// <summary>The batch of step <paramref name="step"/> (from 1): its number in the epoch, from 0.</summary>
    public static int Number(int rows, int batchSize, int step) => (step - 1) % ((rows + batchSize - 1) / batchSize);

    /// <summary>The rows of a batch.</summary>
    public static IEnumerable<TuningRow> Of(IReadOnlyList<TuningRow> rows, int batchSize, int number) => rows.Skip(number * batchSize).Take(batchSize);
}
