using System.Text.Json;

namespace Converge.Engine.Checkpoints;

/// <summary>A JSON object whose fields are read with their types and ranges checked; every complaint names the file and the field.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="json">The object.</param>
/// <param name="prefix">The path to the object inside the file, ending in a dot, or nothing.</param>
internal sealed class JsonFields(string path, JsonElement json, string prefix = "")
{
    /// <summary>The object's fields.</summary>
    public IEnumerable<JsonProperty> All => json.EnumerateObject();

    /// <summary>Reads a file that holds one JSON object, of at most 64 MiB.</summary>
    /// <exception cref="BadInputException">The file cannot be read or holds something else.</exception>
    public static JsonFields ReadFile(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > 64 << 20) throw new BadInputException(path, $"the file has {stream.Length} bytes, too many for a configuration", "Check the path");
            using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new BadInputException(path, "the file is not a JSON object", "Check the path");
            return new JsonFields(path, document.RootElement.Clone());
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new BadInputException(path, "there is no such file", "Check the path");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BadInputException(path, $"the file cannot be read ({error.Message.TrimEnd('.')})", "Check the path and its permissions");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new BadInputException(path, $"the file is not valid JSON ({Shown.Text(error.Message).TrimEnd('.')})", "Mend the file or download it again");
        }
    }

    /// <summary>A complaint about a field.</summary>
    public BadInputException Bad(string field, string what, string mend) => new(path, $"{prefix}{Shown.Text(field)} {what}", mend);

    /// <summary>The field, or null where it is absent or JSON null.</summary>
    public JsonElement? Get(string field) => json.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A whole number in [<paramref name="least"/>, <paramref name="most"/>], or null where the field is absent or null.</summary>
    public int? Int(string field, int least, int most)
    {
        if (Get(field) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most) return (int)number;
        throw Wrong(field, value, $"a whole number from {least} to {most}");
    }

    /// <summary>A finite number in [<paramref name="least"/>, <paramref name="most"/>], or null where the field is absent or null.</summary>
    public double? Double(string field, double least, double most)
    {
        if (Get(field) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number >= least && number <= most) return number;
        throw Wrong(field, value, $"a number from {least:R} to {most:R}");
    }

    /// <summary>True or false, or null where the field is absent or null.</summary>
    public bool? Bool(string field) => Get(field) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(field, value, "true or false");

    /// <summary>A string, or null where the field is absent or null.</summary>
    public string? String(string field)
    {
        if (Get(field) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) throw Wrong(field, value, "a string");
        return StringOf(field, value);
    }

    /// <summary>A list of strings, or null where the field is absent or null.</summary>
    public IReadOnlyList<string>? Strings(string field)
    {
        if (Get(field) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String)) throw Wrong(field, value, "a list of strings");
        return [.. value.EnumerateArray().Select(item => StringOf(field, item))];
    }

    /// <summary>An object, or null where the field is absent or null.</summary>
    public JsonFields? Object(string field) => Get(field) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new JsonFields(path, value, $"{prefix}{field}.")
        : throw Wrong(field, value, "an object");

    /// <summary>What a required field gives, or the complaint that it is missing.</summary>
    public T Need<T>(string field, T? value)
        where T : struct => value ?? throw Bad(field, "is missing", "Add it, or copy the file that came with the weights");

    /// <summary>The complaint about a field that holds something else than <paramref name="expected"/>.</summary>
    public BadInputException Wrong(string field, JsonElement value, string expected) => Bad(field, $"is {Shown.Text(value.GetRawText())}, expected {expected}", "Correct the value");

    private string StringOf(string field, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Bad(field, "is not valid Unicode", "Correct the value");
        }
    }
}
