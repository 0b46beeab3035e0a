namespace Converge.Pretraining.Training;

/// <summary>Mean cross-entropies of answers by kind of document, and of all other tokens.</summary>
internal sealed class KindLosses
{
    private readonly SortedDictionary<string, (double Sum, long Count)> _answers = new(StringComparer.Ordinal);
    private double _otherSum;
    private long _otherCount;

    /// <summary>Adds the losses of a batch's tokens.</summary>
    public void Add(TrainingBatch batch, IReadOnlyList<double[]> losses)
    {
        for (int d = 0; d < losses.Count; d++)
        {
            var document = batch.Documents[d];
            for (int t = 1; t < document.Tokens.Length; t++)
            {
                if (document.IsAnswer[t])
                {
                    var (sum, count) = _answers.GetValueOrDefault(document.Kind);
                    _answers[document.Kind] = (sum + losses[d][t], count + 1);
                }
                else (_otherSum, _otherCount) = (_otherSum + losses[d][t], _otherCount + 1);
            }
        }
    }

    /// <summary>The mean over answers of each kind, in nats a token.</summary>
    public IEnumerable<KeyValuePair<string, double>> ByKind => _answers.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Sum / pair.Value.Count));

    /// <summary>The mean over answers of the kinds that <paramref name="counts"/> accepts; NaN without any.</summary>
    public double Mean(Func<string, bool> counts)
    {
        var (sum, count) = (0.0, 0L);
        foreach (var (kind, value) in _answers)
            if (counts(kind)) (sum, count) = (sum + value.Sum, count + value.Count);
        return count == 0 ? double.NaN : sum / count;
    }

    /// <summary>The mean over all tokens that are no answers.</summary>
    public double Other => _otherCount == 0 ? double.NaN : _otherSum / _otherCount;
}
