using Converge.Studies.Run;

namespace Converge.Studies.Spec;

/// <summary>Reads where the values of a study come from: a mapping from keys, joined by dots, to the tags of METHOD.</summary>
internal static class StandingReader
{
    private static readonly string[] Keys =
    [
        "models", "tasks", "runs", "queries", "references", "context", "instruction", "position", "compute",
        .. KeysOf("demonstrations", SettingsReader.Defaults.Demonstrations), .. KeysOf("tuning", SettingsReader.Defaults.Tuning),
    ];

    /// <summary>The tags by key; problems are noted with <paramref name="reader"/>.</summary>
    public static IReadOnlyDictionary<string, Standing> Read(SpecReader reader)
    {
        var tags = new Dictionary<string, Standing>(StringComparer.Ordinal);
        if (!reader.Has("standing")) return tags;
        var words = SpecWords.Of<Standing>();
        foreach (var (key, word) in reader.Pairs("standing"))
        {
            if (!Keys.Contains(key)) reader.Problem("standing", $"knows no key '{OneLine.Of(key)}'{Spelling.Hint(key, Keys)}", $"Choose among {string.Join(", ", Keys)}");
            else if (words.TryGetValue(word, out var tag)) tags[key] = tag;
            else reader.Problem("standing", $"knows no '{OneLine.Of(word)}'{Spelling.Hint(word, words.Keys)}", $"Choose among {string.Join(", ", words.Keys)}");
        }
        return tags;
    }

    private static IEnumerable<string> KeysOf(string part, object settings) =>
        System.Text.Json.JsonSerializer.SerializeToNode(settings, settings.GetType(), StudyJson.Line)!.AsObject().Select(entry => $"{part}.{entry.Key}");
}
