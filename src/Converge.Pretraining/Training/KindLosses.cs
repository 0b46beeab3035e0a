using System.Text.Json;
using System.Text.Json.Serialization;
using Converge.Engine;

namespace Converge.Pretraining.Training;

/// <summary>Mean cross-entropies of answers by kind of document, and of all other tokens.</summary>
internal sealed class KindLosses
{
    private static readonly JsonSerializerOptions Options = new() { IncludeFields = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    private readonly SortedDictionary<string, (double Sum, long Count)> _answers = new(StringComparer.Ordinal);
    private (double Sum, long Count) _other;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _answers.Count == 0 && _other.Count == 0;

    /// <summary>Adds the losses of a batch's tokens.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="losses">The cross-entropy of every token of every document.</param>
    /// <param name="others">Whether those of tokens that are no answers are known.</param>
    public void Add(TrainingBatch batch, IReadOnlyList<double[]> losses, bool others)
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
                else if (others) _other = (_other.Sum + losses[d][t], _other.Count + 1);
            }
        }
    }

    /// <summary>The mean over answers of each kind, in nats a token.</summary>
    public IEnumerable<KeyValuePair<string, double>> ByKind => _answers.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Sum / pair.Value.Count));

    /// <summary>The mean over answers of the kinds that <paramref name="counts"/> accepts; null without any.</summary>
    public double? Mean(Func<string, bool> counts)
    {
        var (sum, count) = (0.0, 0L);
        foreach (var (kind, value) in _answers)
            if (counts(kind)) (sum, count) = (sum + value.Sum, count + value.Count);
        return count == 0 ? null : sum / count;
    }

    /// <summary>The mean over all tokens that are no answers; null without any.</summary>
    public double? Other => _other.Count == 0 ? null : _other.Sum / _other.Count;

    /// <summary>The sums as a line of text, from which they come back to the bit.</summary>
    public string ToNote() => JsonSerializer.Serialize((_other, _answers), Options);

    /// <summary>From the text of <see cref="ToNote"/>.</summary>
    /// <param name="path">The file that holds it.</param>
    /// <param name="note">The text.</param>
    /// <exception cref="BadInputException">It is malformed.</exception>
    public static KindLosses FromNote(string path, string note)
    {
        try
        {
            var (other, answers) = JsonSerializer.Deserialize<((double, long), Dictionary<string, (double, long)>)>(note, Options);
            var losses = new KindLosses { _other = other };
            foreach (var (kind, sum) in answers ?? throw new JsonException("no sums")) losses._answers[kind] = sum;
            return losses;
        }
        catch (JsonException)
        {
            throw new BadInputException(path, "does not say what was lost since the last record of the log", "Delete it to begin anew");
        }
    }
}
