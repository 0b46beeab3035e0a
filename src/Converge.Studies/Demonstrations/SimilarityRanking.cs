using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>
/// Ranks a pool by its similarity to a run's queries (F3): the mean, over the queries, of the cosine between TF-IDF vectors. All queries of a run share one
/// set of demonstrations, so that it cannot be near to each of them alone.
/// </summary>
internal sealed class SimilarityRanking
{
    private readonly TfIdf _embedding;
    private readonly Dictionary<Example, Dictionary<int, double>> _pool;

    /// <summary>Embeds a pool.</summary>
    public SimilarityRanking(IReadOnlyList<Example> pool)
    {
        _embedding = new TfIdf([.. pool.Select(example => example.NormalisedText)]);
        _pool = pool.ToDictionary(example => example, example => _embedding.Of(example.NormalisedText));
    }

    /// <summary>The candidates by rank; equals stay in the order given, so that lot decides between them.</summary>
    /// <param name="candidates">Examples of the pool.</param>
    /// <param name="queries">The run's queries.</param>
    /// <param name="nearestFirst">Whether the most similar come first, or the least.</param>
    public IEnumerable<Example> Rank(IEnumerable<Example> candidates, IReadOnlyList<Example> queries, bool nearestFirst)
    {
        // The mean of cosines with unit vectors is the inner product with their mean.
        var centre = new Dictionary<int, double>();
        foreach (var query in queries)
            foreach (var (word, weight) in _embedding.Of(query.NormalisedText).OrderBy(entry => entry.Key))
                centre[word] = centre.GetValueOrDefault(word) + weight / queries.Count;
        double Similarity(Example example) => _pool[example].OrderBy(entry => entry.Key).Sum(entry => entry.Value * centre.GetValueOrDefault(entry.Key));
        var ranked = candidates.Select(example => (Example: example, Similarity: Similarity(example))).ToList();
        return (nearestFirst ? ranked.OrderByDescending(pair => pair.Similarity) : ranked.OrderBy(pair => pair.Similarity)).Select(pair => pair.Example);
    }
}
