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

    /// <summary>This mapping laid over another value: its entries take the places of those of the same key, mapping by mapping, and the rest is added.</summary>
    /// <param name="under">The other value; of anything but a mapping nothing is left.</param>
    /// <param name="without">An entry of this one that is left out.</param>
    public MapNode Over(SpecNode under, MapEntry? without = null)
    {
        var own = Entries.Where(entry => entry != without).ToList();
        if (under is not MapNode map) return this with { Entries = own };
        List<MapEntry> kept = [.. map.Entries.Select(entry => own.Find(mine => mine.Key == entry.Key) is not { } mine ? entry : mine.Value is MapNode inner ? mine with { Value = inner.Over(entry.Value) } : mine)];
        return map with { Entries = [.. kept, .. own.Where(entry => map.Find(entry.Key) is null)] };
    }
}

/// <summary>One key of a mapping and its value.</summary>
internal sealed record MapEntry(string Key, string Where, SpecNode Value);
