using Converge.Numerics;

namespace Converge.Studies.Demonstrations;

/// <summary>The orders of a run's demonstrations (F10).</summary>
internal static class DemonstrationOrder
{
    /// <summary>Over how many orders sensitivity to order is measured (M13; Shen et al. 2024).</summary>
    public const int Measured = 10;

    /// <summary>As many, or all where so many demonstrations have fewer.</summary>
    public static int CountOf(int demonstrations)
    {
        int orders = 1;
        for (int i = 2; i <= demonstrations && orders < Measured; i++) orders *= i;
        return Math.Min(orders, Measured);
    }

    /// <summary>
    /// Order <paramref name="order"/> of <paramref name="items"/>: 0 is the order given, n the n-th permutation of the stream that is not among the orders
    /// before it. All orders of a run are thus different.
    /// </summary>
    /// <param name="items">The demonstrations as drawn.</param>
    /// <param name="order">Below the factorial of their number.</param>
    /// <param name="random">The run's stream of orders.</param>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> items, int order, RandomStream random)
    {
        int[] places = [.. Enumerable.Range(0, items.Count)];
        var seen = new HashSet<string>(StringComparer.Ordinal) { string.Join(' ', places) };
        while (seen.Count <= order)
        {
            places = random.Sample(items.Count, items.Count);
            seen.Add(string.Join(' ', places));
        }
        return [.. places.Select(place => items[place])];
    }
}
