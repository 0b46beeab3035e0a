using System.Globalization;
using Converge.Engine;

namespace Converge.Studies.Spec;

/// <summary>
/// Reads a mapping strictly: every key must be known, every value of its type and range. Problems are collected, so that a user sees
/// all of them at once; after a problem a harmless value is returned and the result must not be used.
/// </summary>
internal sealed class SpecReader(MapNode node, string path, List<BadInputException> problems)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>Where the mapping was written.</summary>
    public string Where => node.Where;

    /// <summary>Where the value of <paramref name="key"/> was written, or the mapping.</summary>
    public string WhereOf(string key) => node.Find(key)?.Value.Where ?? node.Where;

    /// <summary>True if the key was given a value.</summary>
    public bool Has(string key) => Ask(key) is not null;

    /// <summary>A text.</summary>
    public string Text(string key, string? fallback = null) =>
        Scalar(key, fallback is not null) is { } scalar ? scalar.Text : fallback ?? "";

    /// <summary>A text that is not empty and may serve in file names: letters, digits, '-', '_' and '.'.</summary>
    public string Name(string key)
    {
        var text = Text(key);
        if (Has(key) && !IsName(text)) Problem(key, $"'{OneLine.Of(text)}' is not a name", "Use letters, digits, '-', '_' and '.', beginning with a letter or digit");
        return text;
    }

    /// <summary>The full path of a file or folder, meant from the file that names it.</summary>
    public string FilePath(string key) => Scalar(key, optional: false) is { } scalar ? Path.GetFullPath(scalar.Text, scalar.Folder) : "";

    /// <summary>A whole number in [<paramref name="least"/>, <paramref name="most"/>].</summary>
    public int Int(string key, int? fallback, int least, int most = int.MaxValue)
    {
        if (Scalar(key, fallback is not null) is not { } scalar) return fallback ?? least;
        if (!scalar.IsPlain || !int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value))
            return Problem(key, $"is {scalar.Kind}, not a whole number", $"Give a whole number from {least}", least);
        return value >= least && value <= most ? value : Problem(key, $"{value} is out of range", Range($"{least}", most == int.MaxValue ? null : $"{most}"), least);
    }

    /// <summary>A seed.</summary>
    public ulong Seed(string key, ulong fallback)
    {
        if (Scalar(key, optional: true) is not { } scalar) return fallback;
        return scalar.IsPlain && ulong.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : Problem(key, $"is {scalar.Kind}, not a seed", "Give a whole number from 0 to 2^64 - 1", fallback);
    }

    /// <summary>A finite number for which <paramref name="valid"/> holds; <paramref name="range"/> says in words when that is.</summary>
    public double Number(string key, double fallback, Func<double, bool> valid, string range)
    {
        if (Scalar(key, optional: true) is not { } scalar) return fallback;
        if (!scalar.IsPlain || !double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
            return Problem(key, $"is {scalar.Kind}, not a number", $"Give a number {range}", fallback);
        return valid(value) ? value : Problem(key, $"{OneLine.Of(scalar.Text)} is out of range", $"Give a number {range}", fallback);
    }

    /// <summary>True or false.</summary>
    public bool Bool(string key, bool fallback)
    {
        if (Scalar(key, optional: true) is not { } scalar) return fallback;
        return scalar switch
        {
            { IsPlain: true, Text: "true" } => true,
            { IsPlain: true, Text: "false" } => false,
            _ => Problem(key, $"is {scalar.Kind}", "Write true or false", fallback),
        };
    }

    /// <summary>One of a few words.</summary>
    public T Choice<T>(string key, T fallback, IReadOnlyDictionary<string, T> words) =>
        Scalar(key, optional: true) is { } scalar ? Chosen(key, scalar, words, fallback) : fallback;

    /// <summary>A list of a few words, each at most once.</summary>
    public IReadOnlyList<T> Choices<T>(string key, IReadOnlyList<T> fallback, IReadOnlyDictionary<string, T> words, bool mayBeEmpty)
    {
        if (Ask(key) is not { } value) return fallback;
        if (value is not ListNode list) return Problem(key, $"is {value.Kind}, not a list", $"Write a list of {Words(words.Keys)}", fallback);
        var chosen = new List<T>();
        foreach (var item in list.Items)
        {
            if (item is not ScalarNode scalar) Problem(key, $"holds {item.Kind}", $"Write a list of {Words(words.Keys)}");
            else if (Chosen(key, scalar, words, fallback.FirstOrDefault()!) is var word && !chosen.Contains(word)) chosen.Add(word);
            else Problem(key, $"names {scalar.Kind} twice", "Name each once");
        }
        return chosen.Count > 0 || mayBeEmpty ? chosen : Problem(key, "is empty", $"Name at least one of {Words(words.Keys)}", fallback);
    }

    /// <summary>A list with at least one item; <paramref name="read"/> is given each item and its path.</summary>
    public IReadOnlyList<T> List<T>(string key, Func<SpecNode, string, T> read)
    {
        if (Require(key) is not { } value) return [];
        if (value is not ListNode list) return Problem<IReadOnlyList<T>>(key, $"is {value.Kind}, not a list", "Write one item a line, each after '- '", []);
        return list.Items.Count > 0 ? [.. list.Items.Select((item, i) => read(item, $"{Full(key)}.{i}"))] : Problem<IReadOnlyList<T>>(key, "is empty", "Give at least one item", []);
    }

    /// <summary>A list of texts, none empty.</summary>
    public IReadOnlyList<string> Texts(string key) => List(key, (item, _) =>
        item is ScalarNode { IsNull: false } scalar && scalar.Text.Trim().Length > 0 ? scalar.Text : Problem(key, $"holds {item.Kind} where a text is meant", "Write text, in quotes where it holds ': '", ""));

    /// <summary>The entries of a mapping from texts to texts, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs(string key)
    {
        if (Require(key) is not { } value) return [];
        if (value is not MapNode map) return Problem<IReadOnlyList<KeyValuePair<string, string>>>(key, $"is {value.Kind}, not a mapping", "Write lines 'value: word'", []);
        return [.. map.Entries.Select(entry => KeyValuePair.Create(entry.Key,
            entry.Value is ScalarNode { IsNull: false } scalar ? scalar.Text : Problem(key, $"gives '{OneLine.Of(entry.Key)}' {entry.Value.Kind}", "Give it a word", "")))];
    }

    /// <summary>A mapping below this one; null where it is absent and may be. A text in its place is handed to <paramref name="fromText"/>, if given.</summary>
    public SpecReader? Map(string key, bool optional, Func<ScalarNode, MapNode>? fromText = null)
    {
        var value = optional ? Ask(key) : Require(key);
        return value switch
        {
            null => null,
            MapNode map => new SpecReader(map, Full(key), problems),
            ScalarNode scalar when fromText is not null => new SpecReader(fromText(scalar), Full(key), problems),
            _ => Problem<SpecReader?>(key, $"is {value.Kind}, not a mapping", "Write its keys on indented lines below", null),
        };
    }

    /// <summary>A reader of a list's item.</summary>
    public SpecReader? Item(SpecNode item, string itemPath)
    {
        if (item is MapNode map) return new SpecReader(map, itemPath, problems);
        problems.Add(new BadInputException(item.Where, $"'{itemPath}' is {item.Kind}, not a mapping", "Write its keys on indented lines below"));
        return null;
    }

    /// <summary>Reports every key that nobody asked for, with the nearest known one.</summary>
    public void Close()
    {
        foreach (var entry in node.Entries.Where(entry => !_asked.Contains(entry.Key)))
            problems.Add(new BadInputException(entry.Where, $"unknown key '{OneLine.Of(Full(entry.Key))}'{Spelling.Hint(entry.Key, _asked)}", $"The keys here are {Words(_asked.Order(StringComparer.Ordinal))}"));
    }

    /// <summary>Notes a problem with the value of <paramref name="key"/>.</summary>
    public void Problem(string key, string what, string mend) => problems.Add(new BadInputException(WhereOf(key), $"'{Full(key)}' {what}", mend));

    private T Problem<T>(string key, string what, string mend, T harmless)
    {
        Problem(key, what, mend);
        return harmless;
    }

    private T Chosen<T>(string key, ScalarNode scalar, IReadOnlyDictionary<string, T> words, T fallback) =>
        words.TryGetValue(scalar.Text, out var value) ? value : Problem(key, $"knows no {scalar.Kind}{Spelling.Hint(scalar.Text, words.Keys)}", $"Choose among {Words(words.Keys)}", fallback);

    private SpecNode? Ask(string key)
    {
        _asked.Add(key);
        return node.Find(key)?.Value is { } value && value is not ScalarNode { IsNull: true } ? value : null;
    }

    private SpecNode? Require(string key)
    {
        if (Ask(key) is { } value) return value;
        problems.Add(new BadInputException(node.Where, $"'{Full(key)}' is missing", $"Add a line '{key}: ...'"));
        return null;
    }

    private ScalarNode? Scalar(string key, bool optional)
    {
        var value = optional ? Ask(key) : Require(key);
        return value is null or ScalarNode ? (ScalarNode?)value : Problem<ScalarNode?>(key, $"is {value.Kind}", "Give one value", null);
    }

    private string Full(string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 100 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string Range(string least, string? most) => most is null ? $"Give a whole number from {least}" : $"Give a whole number from {least} to {most}";

    private static string Words(IEnumerable<string> words) => string.Join(", ", words);
}
