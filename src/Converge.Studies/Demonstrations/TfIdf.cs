namespace Converge.Studies.Demonstrations;

/// <summary>
/// Texts as vectors of their words: the weight of word w in a text is its count there times ln((1 + N) / (1 + n_w)) + 1 for N texts of which n_w hold w
/// (the smoothed form; Salton and Buckley 1988), the vector scaled to length 1.
/// </summary>
internal sealed class TfIdf
{
    private readonly Dictionary<string, (int Index, double Rarity)> _words = new(StringComparer.Ordinal);

    /// <summary>Learns how rare words are.</summary>
    /// <param name="texts">The collection, words parted by spaces.</param>
    public TfIdf(IReadOnlyList<string> texts)
    {
        var holding = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
            foreach (var word in text.Split(' ').Distinct()) holding[word] = holding.GetValueOrDefault(word) + 1;
        foreach (var word in holding.Keys.Order(StringComparer.Ordinal)) _words[word] = (_words.Count, Math.Log((1.0 + texts.Count) / (1 + holding[word])) + 1);
    }

    /// <summary>The vector of a text, by the index of its words; words that the collection lacks count for nothing. Empty where no word is known.</summary>
    public Dictionary<int, double> Of(string text)
    {
        var vector = new Dictionary<int, double>();
        foreach (var word in text.Split(' '))
            if (_words.TryGetValue(word, out var known)) vector[known.Index] = vector.GetValueOrDefault(known.Index) + known.Rarity;
        double length = Math.Sqrt(vector.OrderBy(entry => entry.Key).Sum(entry => entry.Value * entry.Value));
        return vector.ToDictionary(entry => entry.Key, entry => entry.Value / length);
    }
}
