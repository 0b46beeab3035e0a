using Converge.Studies.Statistics;

namespace Converge.Studies.Tables;

/// <summary>How results are summarised and what is kept of the units for the report.</summary>
public sealed record ResultOptions
{
    /// <summary>The study's name, in every row.</summary>
    public required string Study { get; init; }

    /// <summary>The bootstrap's settings.</summary>
    public BootstrapOptions Bootstrap { get; init; } = new();

    /// <summary>Of how many runs of each group the prompts are kept to be shown.</summary>
    public int SampleRuns { get; init; } = 3;

    /// <summary>Of how many queries of such a run.</summary>
    public int SampleQueries { get; init; } = 1;
}
