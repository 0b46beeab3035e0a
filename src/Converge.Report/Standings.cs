using System.Text.Json;
using System.Text.Json.Nodes;
using Converge.Studies.Run;
using Converge.Studies.Spec;

namespace Converge.Report;

/// <summary>Where a study's own values come from, as its file says.</summary>
internal static class Standings
{
    /// <summary>
    /// The standing of the study's own settings within a factor: of what the factor's levels change, the least certain that the study file names; null
    /// where it names none.
    /// </summary>
    public static Standing? OfBase(StudySpec? study, FactorSpec factor)
    {
        if (study is null) return null;
        var own = Leaves(study.Base);
        Standing[] named = [.. factor.Levels.SelectMany(level => Leaves(level.Settings).Where(leaf => own.GetValueOrDefault(leaf.Key) != leaf.Value))
            .Select(leaf => study.Standing.TryGetValue(leaf.Key, out var tag) ? tag : (Standing?)null).OfType<Standing>()];
        return named.Length == 0 ? null : named.Max();
    }

    /// <summary>The study's own settings by their keys in the file, with their standing where the file names it.</summary>
    public static IReadOnlyList<(string Key, string Value, Standing? Tag)> Of(StudySpec study)
    {
        List<(string Key, string Value)> settings =
        [
            ("models", string.Join(", ", study.Models.Select(model => model.UntrainedCopyOf is { } copied ? $"{model.Id} (an untrained copy of {copied})" : model.Id))),
            ("tasks", string.Join(", ", study.Tasks.Select(task => $"{task.Name} (version {task.Version})"))),
            ("runs", Text(study.Runs)), ("queries", Text(study.Queries)),
            .. Leaves(study.Base).Where(leaf => leaf.Key.Split('.')[0] is "demonstrations" or "tuning" or "context" or "instruction" or "position").Select(leaf => (leaf.Key, leaf.Value)),
            ("references", study.References.Count == 0 ? "none" : string.Join(", ", study.References.Select(SpecWords.Word))), ("compute", SpecWords.Word(study.Compute)),
        ];
        return [.. settings.Select(setting => (setting.Key, setting.Value, study.Standing.TryGetValue(setting.Key, out var tag) ? tag : (Standing?)null))];
    }

    private static Dictionary<string, string> Leaves(UnitSettings? settings)
    {
        var leaves = new Dictionary<string, string>();
        foreach (var (key, node) in settings is null ? [] : JsonSerializer.SerializeToNode(settings, StudyJson.Row)!.AsObject())
            if (node is JsonObject parts)
                foreach (var (part, value) in parts) leaves.Add($"{key}.{part}", Text(value));
            else leaves.Add(key, Text(node));
        return leaves;
    }

    private static string Text(JsonNode? node) => node switch
    {
        JsonArray items => string.Join(", ", items.Select(Text)),
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => node?.ToJsonString() ?? "",
    };

    private static string Text(int number) => Markup.NumberText.Count(number);
}
