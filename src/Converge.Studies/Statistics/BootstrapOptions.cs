namespace Converge.Studies.Statistics;

/// <summary>The settings of the bootstrap.</summary>
public sealed record BootstrapOptions
{
    /// <summary>The number of resamples.</summary>
    public int Resamples { get; init; } = 10_000;

    /// <summary>The coverage aimed at.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>The seed of the resamples.</summary>
    public ulong Seed { get; init; }
}
