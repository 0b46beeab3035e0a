using System.Globalization;
using System.Text.Json;

namespace Converge.Cli.Study;

/// <summary>The study that advice is drawn from: one model and one task, zero-shot, in context and tuned, with several numbers of demonstrations.</summary>
internal sealed record AdviceStudy
{
    public required string Model { get; init; }

    public required string Task { get; init; }

    /// <summary>Numbers of demonstrations, ascending.</summary>
    public required IReadOnlyList<int> Shots { get; init; }

    public required int Runs { get; init; }

    public required int Queries { get; init; }

    public required double LearningRate { get; init; }

    public required int Epochs { get; init; }

    public required int Seed { get; init; }

    /// <summary>The study file; JSON's strings are YAML's too.</summary>
    public string Yaml()
    {
        var levels = string.Concat(Shots.SkipLast(1).Select(k => $"      - {{id: k{k}, value: {k}, demonstrations: {{count: {k}}}}}\n"));
        var factors = levels.Length == 0 ? "" : $"factors:\n  - id: F4\n    title: Number of demonstrations\n    base: {{id: k{Shots[^1]}, value: {Shots[^1]}}}\n    levels:\n{levels}";
        return $$"""
            # Written by 'converge advise'; 'converge run' runs it too.
            name: advise
            seed: {{Seed}}
            models:
              - id: model
                path: {{Quoted(Model)}}
            tasks:
              - {{Quoted(Task)}}
            runs: {{Runs}}
            queries: {{Queries}}
            demonstrations: {count: {{Shots[^1]}}, balance: true}
            tuning: {learning_rate: {{LearningRate.ToString("R", CultureInfo.InvariantCulture)}}, epochs: {{Epochs}}}
            keep: []
            {{factors}}
            """;
    }

    private static string Quoted(string path) => JsonSerializer.Serialize(Path.GetFullPath(path));
}
