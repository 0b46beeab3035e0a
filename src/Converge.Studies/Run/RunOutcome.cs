namespace Converge.Studies.Run;

/// <summary>What a run of a study did.</summary>
public sealed record RunOutcome
{
    /// <summary>Units of this shard.</summary>
    public required int Units { get; init; }

    /// <summary>Units computed now.</summary>
    public required int Computed { get; init; }

    /// <summary>Units found finished.</summary>
    public required int Reused { get; init; }

    /// <summary>Units of the whole study that are not finished: other shards' work.</summary>
    public required int Missing { get; init; }

    /// <summary>What was wrong with stored units that were computed anew, a line each.</summary>
    public required IReadOnlyList<string> Damaged { get; init; }

    /// <summary>Tokens run through a model, in tuning and capture.</summary>
    public required long Tokens { get; init; }

    /// <summary>The time it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The most memory the process had, in bytes.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>True if every unit of the study is finished, so that tables and reports can be made and exports have been written.</summary>
    public bool IsComplete => Missing == 0;
}
