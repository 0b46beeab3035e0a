namespace Converge.Studies.Statistics;

/// <summary>The settings of permutation tests.</summary>
public sealed record PermutationOptions
{
    /// <summary>The number of random permutations where all of them are too many.</summary>
    public int Permutations { get; init; } = 20_000;

    /// <summary>Up to this number of runs, all 2^n signs are tried.</summary>
    public int ExactUpTo { get; init; } = 16;

    /// <summary>The seed of the random permutations.</summary>
    public ulong Seed { get; init; }
}
