namespace Converge.Studies.Metrics;

/// <summary>Counts of n-grams.</summary>
internal static class NGrams
{
    /// <summary>How often each run of n items occurs.</summary>
    public static Dictionary<string, int> Count<T>(IReadOnlyList<T> items, int n)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i + n <= items.Count; i++)
        {
            // No item holds a line feed.
            var gram = string.Join('\n', items.Skip(i).Take(n));
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }
        return counts;
    }

    /// <summary>How many n-grams two texts have in common, each as often as both have it.</summary>
    public static int Common(Dictionary<string, int> first, Dictionary<string, int> second) => first.Sum(gram => Math.Min(gram.Value, second.GetValueOrDefault(gram.Key)));
}
