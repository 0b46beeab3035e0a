namespace Converge.Studies.Metrics;

/// <summary>The places of the greatest values.</summary>
public static class Top
{
    /// <summary>The indices of the <paramref name="k"/> greatest values, greatest first; of equal ones the earlier first.</summary>
    public static int[] Of(ReadOnlySpan<double> values, int k) => Best(values.ToArray(), k);

    /// <summary>The same of single-precision values.</summary>
    public static int[] Of(ReadOnlySpan<float> values, int k) => Best(values.ToArray(), k);

    private static int[] Best<T>(T[] values, int k)
        where T : IComparable<T>
    {
        // A heap of the best so far, the worst of them on top: a vocabulary is large and k small.
        var best = new PriorityQueue<int, (T Value, int Rank)>(Comparer<(T Value, int Rank)>.Create((a, b) => a.Value.CompareTo(b.Value) is var order and not 0 ? order : a.Rank.CompareTo(b.Rank)));
        for (int i = 0; i < values.Length; i++)
        {
            best.Enqueue(i, (values[i], -i));
            if (best.Count > k) best.Dequeue();
        }
        var indices = new int[best.Count];
        for (int i = indices.Length - 1; i >= 0; i--) indices[i] = best.Dequeue();
        return indices;
    }
}
