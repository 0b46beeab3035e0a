using System.Text.Json;

namespace Converge.Engine.Tokenizers.Json;

/// <summary>A value of a <c>tokenizer.json</c> with the place where it stands, so that whatever is wrong with it can be named.</summary>
/// <param name="Value">The value; undefined where the file has none.</param>
/// <param name="Path">The file.</param>
/// <param name="Place">The place in it, such as <c>model.merges[3]</c>.</param>
internal readonly record struct Field(JsonElement Value, string Path, string Place)
{
    /// <summary>Whether the value is missing or null.</summary>
    public bool IsNull => Value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>A member of an object, missing or not.</summary>
    public Field this[string name]
        => new(Expect(JsonValueKind.Object, "an object").Value.TryGetProperty(name, out var member) ? member : default, Path, Place.Length == 0 ? name : $"{Place}.{name}");

    /// <summary>The items of an array.</summary>
    public IEnumerable<Field> Items()
    {
        var self = Expect(JsonValueKind.Array, "a list");
        return self.Value.EnumerateArray().Select((item, i) => new Field(item, self.Path, $"{self.Place}[{i}]"));
    }

    /// <summary>The members of an object.</summary>
    public IEnumerable<(string Name, Field Value)> Members()
    {
        var self = Expect(JsonValueKind.Object, "an object");
        return self.Value.EnumerateObject().Select(member => (self.NameOf(member), self with { Value = member.Value, Place = $"{self.Place}.{self.NameOf(member)}" }));
    }

    /// <summary>The value as text.</summary>
    public string Text() => JsonFile.Text(Expect(JsonValueKind.String, "a string").Value, Path, Place);

    /// <summary>The value as a truth, or the given one where there is none.</summary>
    public bool Flag(bool missing)
    {
        if (IsNull)
            return missing;
        return Value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong("is not true or false"),
        };
    }

    /// <summary>The value as a token id or a count.</summary>
    public int Count(int max)
        => Expect(JsonValueKind.Number, "a number").Value.TryGetInt32(out var number) && number >= 0 && number <= max
            ? number : throw Wrong($"is {Value.GetRawText()}, not a whole number from 0 to {max}");

    /// <summary>Refuses members with other names, for what is not understood must not be ignored.</summary>
    public Field Only(params ReadOnlySpan<string> names)
    {
        foreach (var member in Expect(JsonValueKind.Object, "an object").Value.EnumerateObject())
            if (!names.Contains(NameOf(member)))
                throw NotSupported($"has the member '{NameOf(member)}'");
        return this;
    }

    /// <summary>The error for a value that contradicts the format or the rest of the file.</summary>
    public BadInputException Wrong(string what) => new(Path, $"{Where} {what}", "Take the file from the checkpoint again");

    /// <summary>The error for a value that may be right but that this program does not understand.</summary>
    public BadInputException NotSupported(string what) => new(Path, $"{Where} {what}, which is not supported", "Use a checkpoint with a Llama-style or byte-level BPE tokenizer");

    private string Where => Place.Length == 0 ? "the file" : Place;

    private Field Expect(JsonValueKind kind, string name)
        => Value.ValueKind == kind ? this : throw Wrong(Value.ValueKind == JsonValueKind.Undefined ? "is missing" : $"is not {name}");

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("has a member whose name is not valid Unicode");
        }
    }
}
