using Converge.Engine;

namespace Converge.Studies.Spec;

/// <summary>A <c>--set path=value</c>: keys and list positions (from 0) joined by dots, and a YAML value.</summary>
/// <param name="Path">The keys.</param>
/// <param name="Value">The value.</param>
/// <param name="Where">The option as it was given.</param>
internal sealed record SpecOverride(string[] Path, SpecNode Value, string Where)
{
    /// <summary>Reads an override; relative paths in its value are meant from the current folder.</summary>
    /// <exception cref="BadInputException">There is no '=', or the value is not YAML.</exception>
    public static SpecOverride Parse(string text)
    {
        var where = $"--set {text}";
        int equals = text.IndexOf('=');
        if (equals <= 0) throw new BadInputException(where, "has no value", "Write --set path=value, for example --set tuning.learning_rate=1e-3");
        return new SpecOverride(text[..equals].Split('.'), SpecFile.Fragment(text[(equals + 1)..], where, Directory.GetCurrentDirectory()), where);
    }

    /// <summary>The tree with the value put in; keys that are missing are added, so that the reader can judge them.</summary>
    public SpecNode Apply(SpecNode root) => Put(root, 0);

    private SpecNode Put(SpecNode node, int depth)
    {
        if (depth == Path.Length) return Value;
        var key = Path[depth];
        switch (node)
        {
            case MapNode map:
                var entries = map.Entries.ToList();
                int at = entries.FindIndex(entry => entry.Key == key);
                if (at >= 0) entries[at] = entries[at] with { Value = Put(entries[at].Value, depth + 1), Where = Where };
                else entries.Add(new MapEntry(key, Where, Put(new MapNode([], Where, node.Folder), depth + 1)));
                return map with { Entries = entries };
            case ListNode list:
                var items = list.Items.ToList();
                if (!int.TryParse(key, out int index) || index < 0 || index > items.Count)
                    throw new BadInputException(Where, $"'{key}' is not a position in the list '{string.Join('.', Path[..depth])}', which has {items.Count} items", "Positions count from 0");
                if (index == items.Count) items.Add(Put(new MapNode([], Where, node.Folder), depth + 1));
                else items[index] = Put(items[index], depth + 1);
                return list with { Items = items };
            default:
                throw new BadInputException(Where, $"'{string.Join('.', Path[..depth])}' is {node.Kind}, which has no keys", "Check the path");
        }
    }
}
