using System.Text.Json;
using Converge.Engine;

namespace Converge.Pretraining.Training;

/// <summary><c>training.jsonl</c>: one <see cref="TrainingRecord"/> a line.</summary>
internal static class RecordFile
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes or replaces the file.</summary>
    public static void Write(string path, IEnumerable<TrainingRecord> records) =>
        AtomicFile.WriteText(path, string.Concat(records.Select(record => JsonSerializer.Serialize(record, Options) + "\n")));

    /// <summary>The records up to an update; none where there is no file.</summary>
    /// <exception cref="BadInputException">A line is malformed.</exception>
    public static List<TrainingRecord> Read(string path, int upTo)
    {
        if (!File.Exists(path)) return [];
        try
        {
            return [.. File.ReadLines(path).Select(line => JsonSerializer.Deserialize<TrainingRecord>(line, Options) ?? throw new JsonException("a line is null")).Where(record => record.Update <= upTo)];
        }
        catch (JsonException error)
        {
            throw new BadInputException(path, $"is damaged ({error.Message})", "Delete it; the training goes on without its past");
        }
    }
}
