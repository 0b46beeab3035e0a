using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Converge.Report.Markup;

namespace Converge.Report.Page;

/// <summary>The manifest as a table of keys and values and as it is.</summary>
internal static class ManifestSection
{
    private const int MostRows = 400, LongestList = 16;

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static void Write(MarkupWriter page, JsonNode manifest)
    {
        manifest = WithoutUnits(manifest);
        page.Open("section", ("id", "manifest")).Leaf("h2", "Manifest");
        page.Leaf("p", "What was run: the resolved study, digests of model and data, seeds, code version and machine. The list of units is in manifest.json.");
        List<string[]> rows = [.. Leaves("", manifest)];
        page.Open("details").Leaf("summary", $"{NumberText.Count(rows.Count)} settings");
        Table.Write(page, rows.Count > MostRows ? $"The first {MostRows} settings; all are in the JSON below." : "Every setting.", ["key", "value"], [.. rows.Take(MostRows)], words: true);
        page.Close().Open("details").Leaf("summary", "As JSON").Leaf("pre", manifest.ToJsonString(Readable), ("class", "long")).Close().Close();
    }

    // Hundreds of units with a digest each say nothing to a reader, and would be a third of the page.
    private static JsonNode WithoutUnits(JsonNode manifest)
    {
        if (manifest is not JsonObject || manifest["units"] is not JsonArray units) return manifest;
        var shown = manifest.DeepClone();
        shown["units"] = $"{NumberText.Count(units.Count)} units, see manifest.json";
        return shown;
    }

    /// <summary>Every text under a key <c>model_note</c>, at any depth, in order, once.</summary>
    public static IReadOnlyList<string> ModelNotes(JsonNode manifest) => [.. Notes(manifest).Distinct()];

    private static IEnumerable<string> Notes(JsonNode? node) => node switch
    {
        JsonObject parts => parts.SelectMany(part => part is { Key: "model_note", Value: JsonValue value } && value.TryGetValue(out string? note) && note.Length > 0 ? [note] : Notes(part.Value)),
        JsonArray items => items.SelectMany(Notes),
        _ => [],
    };

    private static IEnumerable<string[]> Leaves(string path, JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } parts => parts.SelectMany(part => Leaves(path.Length == 0 ? part.Key : $"{path}.{part.Key}", part.Value)),
        JsonArray { Count: > LongestList } items => [[path, $"{NumberText.Count(items.Count)} entries, in the JSON below"]],
        JsonArray { Count: > 0 } items when items.All(item => item is JsonValue) => [[path, string.Join(", ", items.Select(Scalar))]],
        JsonArray { Count: > 0 } items => items.SelectMany((item, i) => Leaves($"{path}[{i}]", item)),
        _ => [[path, Scalar(node)]],
    };

    private static string Scalar(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : node?.ToJsonString(Readable) ?? "null";
}
