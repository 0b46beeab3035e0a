namespace Converge.Studies.Spec;

/// <summary>A value of a study or task file, which knows where it was written.</summary>
/// <param name="Where">The file and line, or the <c>--set</c> option.</param>
/// <param name="Folder">The folder that relative paths in it are meant from.</param>
internal abstract record SpecNode(string Where, string Folder)
{
    /// <summary>What kind of value it is, in words.</summary>
    public abstract string Kind { get; }
}

/// <summary>A single value: its text without quotes, and whether it was written without them and so may stand for a number, true, false or nothing.</summary>
internal sealed record ScalarNode(string Text, bool IsPlain, string Where, string Folder) : SpecNode(Where, Folder)
{
    public override string Kind => IsNull ? "nothing" : $"'{OneLine.Of(Text)}'";

    /// <summary>No value was given.</summary>
    public bool IsNull => IsPlain && Text is "" or "~" or "null";
}

/// <summary>A list.</summary>
internal sealed record ListNode(List<SpecNode> Items, string Where, string Folder) : SpecNode(Where, Folder)
{
    public override string Kind => "a list";
}

/// <summary>A mapping; keys keep their order and their own place.</summary>
internal sealed record MapNode(List<MapEntry> Entries, string Where, string Folder) : SpecNode(Where, Folder)
{
    public override string Kind => "a mapping";

    /// <summary>The entry with this key, or null.</summary>
    public MapEntry? Find(string key) => Entries.Find(entry => entry.Key == key);
}

/// <summary>One key of a mapping and its value.</summary>
internal sealed record MapEntry(string Key, string Where, SpecNode Value);
