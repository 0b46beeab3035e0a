using System.Text.Json;
using Converge.Engine;

namespace Converge.Studies.Run;

/// <summary>
/// One run of the program on a study, or on a shard of it. Each has a file of its own below <c>executions/</c>, so that shards that run at
/// the same time never write the same file; the manifest repeats them.
/// </summary>
public sealed record Execution
{
    /// <summary>The shard, as <c>i/n</c>.</summary>
    public required string Shard { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended; null: it is running, or was killed.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Whether it computed all of its units.</summary>
    public bool Completed { get; init; }

    /// <summary>Seconds between the two.</summary>
    public double? Seconds { get; init; }

    /// <summary>Units computed.</summary>
    public int UnitsComputed { get; init; }

    /// <summary>Units found finished.</summary>
    public int UnitsReused { get; init; }

    /// <summary>Tokens run through a model.</summary>
    public long Tokens { get; init; }

    /// <summary>The most memory that the process had, in bytes.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>The machine.</summary>
    public required Machine Machine { get; init; }

    /// <summary>A name for this execution's file that no other has.</summary>
    internal string FileName => $"{Started.UtcDateTime:yyyyMMdd'T'HHmmssfffffff}-{Shard.Replace('/', '-')}.json";

    internal void Save(string folder) => AtomicFile.WriteText(Path.Combine(folder, "executions", FileName), JsonSerializer.Serialize(this, StudyJson.Page) + "\n");

    /// <summary>All executions on record in a study's output folder, in the order of their beginning.</summary>
    internal static IReadOnlyList<Execution> LoadAll(string folder)
    {
        var place = Path.Combine(folder, "executions");
        if (!Directory.Exists(place)) return [];
        return [.. Directory.EnumerateFiles(place, "*.json").Select(Load).OfType<Execution>().OrderBy(execution => execution.Started).ThenBy(execution => execution.Shard, StringComparer.Ordinal)];
    }

    private static Execution? Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Execution>(File.ReadAllText(path), StudyJson.Page);
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            // A record of durations is not worth failing for; no result depends on it.
            return null;
        }
    }
}
