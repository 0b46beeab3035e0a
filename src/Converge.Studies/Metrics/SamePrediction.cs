namespace Converge.Studies.Metrics;

/// <summary>
/// C6: similarities split by whether conditions predict the same label, for states of an easy task may be alike only because the answers are.
/// </summary>
public static class SamePrediction
{
    /// <summary>For each query whether all <paramref name="predictions"/> are the same set of best labels; null where one has none.</summary>
    public static bool?[] PerQuery(params IReadOnlyList<int>?[][] predictions)
    {
        var same = new bool?[predictions[0].Length];
        for (int query = 0; query < same.Length; query++)
            same[query] = predictions.Any(condition => condition[query] is null) ? null : predictions.All(condition => condition[query]!.SequenceEqual(predictions[0][query]!));
        return same;
    }

    /// <summary>The values of the queries for which <paramref name="same"/> is <paramref name="wanted"/>; null for all others.</summary>
    public static double?[] Only(IReadOnlyList<double?> values, bool?[] same, bool wanted) => [.. values.Select((value, query) => same[query] == wanted ? value : null)];
}
