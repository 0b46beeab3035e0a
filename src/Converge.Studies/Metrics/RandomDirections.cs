using Converge.Numerics;

namespace Converge.Studies.Metrics;

/// <summary>
/// C7: what a shift cosine is against directions that know nothing. Directions are standard normal in every element, hence of mean zero and
/// uniform over the sphere; the published baseline elsewhere draws from [0, 1) and is so biased that every similarity looks positive.
/// </summary>
public static class RandomDirections
{
    // Fixed, so that the baseline of a unit depends on nothing but its shifts and its number.
    private const ulong Seed = 0x6469_7265_6374_696F;

    /// <summary>cos(d, r) for each query with r drawn anew from (run, query): of mean 0 and standard deviation 1 / sqrt(width). Null where d is zero.</summary>
    /// <param name="shifts">The shifts of a unit's queries.</param>
    /// <param name="run">The run's number.</param>
    public static double?[] CosinePerQuery(StateMatrix shifts, int run)
    {
        var values = new double?[shifts.Rows];
        var direction = new double[shifts.Width];
        for (int query = 0; query < values.Length; query++)
        {
            for (int i = 0; i < direction.Length; i++) direction[i] = Philox.NormalAt(Seed, (ulong)run, ((ulong)query << 32) | (uint)i);
            values[query] = Cosine.Of(shifts[query], direction);
        }
        return values;
    }
}
