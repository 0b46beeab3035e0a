using System.Text.Json.Serialization;

namespace Converge.Studies.Spec;

/// <summary>A factor: levels that each depart from the study's own settings.</summary>
public sealed record FactorSpec
{
    /// <summary>Its name in results, for example <c>F1</c>, fit for a file name.</summary>
    public required string Id { get; init; }

    /// <summary>What is varied, in words.</summary>
    public required string Title { get; init; }

    /// <summary>Where the factor comes from.</summary>
    public required Standing Tag { get; init; }

    /// <summary>What is known or expected of it, in words; empty where nothing is.</summary>
    public required string Note { get; init; }

    /// <summary>What the study's own settings are in this factor: the level <c>base</c>, under another name and with a place on the scale.</summary>
    public required BasePoint Base { get; init; }

    /// <summary>The levels, in the file's order; at least one.</summary>
    public required IReadOnlyList<LevelSpec> Levels { get; init; }

    /// <summary>The ids of the models that the factor is varied on.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The names of the tasks that the factor is varied on.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>True if <paramref name="level"/> is run for this model and task: both are named, and the level borrows nothing from the task itself.</summary>
    public bool Covers(LevelSpec level, string model, string task) =>
        Models.Contains(model) && Tasks.Contains(task)
        && level.Settings.Demonstrations.Task != task && level.Settings.Demonstrations.InputsFrom != task && level.Settings.Tuning.Task != task;
}

/// <summary>What the study's own settings are in a factor.</summary>
/// <param name="Id">Their name among the factor's levels.</param>
/// <param name="Value">Their place on the factor's scale, where it has one.</param>
public sealed record BasePoint(string Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Value = null);

/// <summary>A level of a factor.</summary>
public sealed record LevelSpec
{
    /// <summary>Its name in results, fit for a file name.</summary>
    public required string Id { get; init; }

    /// <summary>Where the level comes from.</summary>
    public required Standing Tag { get; init; }

    /// <summary>Anything that a reader should know of it; empty where there is nothing.</summary>
    public required string Note { get; init; }

    /// <summary>Its place on the factor's scale (the number of demonstrations, the share of wrong labels), where the factor has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Value { get; init; }

    /// <summary>All settings at this level, those that it leaves alone included.</summary>
    public required UnitSettings Settings { get; init; }
}

/// <summary>Where a statement or a value comes from, as METHOD tags it.</summary>
public enum Standing
{
    /// <summary>Seen in a public source of the paper.</summary>
    Known,

    /// <summary>Remembered, or chosen where the paper's value is not known.</summary>
    Assumed,

    /// <summary>Beyond the paper.</summary>
    Ours,
}
