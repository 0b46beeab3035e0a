using Converge.Studies.Tasks;

namespace Converge.Studies.Demonstrations;

/// <summary>
/// Ranks a pool by its similarity to a run's queries (F3): the mean, over the queries, of the cosine between the vectors of texts. All queries of a run share
/// one set of demonstrations, so that it cannot be near to each of them alone.
/// </summary>
/// <param name="pool">The pool.</param>
/// <param name="vectorOf">The vector of an example, by coordinate, of length 1; empty where it has none.</param>
internal sealed class SimilarityRanking(IReadOnlyList<Example> pool, Func<Example, Dictionary<int, double>> vectorOf)
{
    private readonly Dictionary<Example, (int Coordinate, double Value)[]> _pool = pool.ToDictionary(example => example, example => Ordered(vectorOf(example)));

    /// <summary>The candidates by rank; equals stay in the order given, so that lot decides between them.</summary>
    /// <param name="candidates">Examples of the pool.</param>
    /// <param name="queries">The run's queries.</param>
    /// <param name="nearestFirst">Whether the most similar come first, or the least.</param>
    public IEnumerable<Example> Rank(IEnumerable<Example> candidates, IReadOnlyList<Example> queries, bool nearestFirst)
    {
        // The mean of cosines with unit vectors is the inner product with their mean.
        var centre = new Dictionary<int, double>();
        foreach (var query in queries)
            foreach (var (coordinate, value) in Ordered(vectorOf(query))) centre[coordinate] = centre.GetValueOrDefault(coordinate) + value / queries.Count;
        var ranked = candidates.Select(example => (Example: example, Similarity: _pool[example].Sum(entry => entry.Value * centre.GetValueOrDefault(entry.Coordinate)))).ToList();
        return (nearestFirst ? ranked.OrderByDescending(pair => pair.Similarity) : ranked.OrderBy(pair => pair.Similarity)).Select(pair => pair.Example);
    }

    // Summed in one order everywhere.
    private static (int, double)[] Ordered(Dictionary<int, double> vector) => [.. vector.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value))];
}
