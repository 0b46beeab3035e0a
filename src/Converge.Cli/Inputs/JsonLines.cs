using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Converge.Engine;

namespace Converge.Cli.Inputs;

/// <summary>One line of a JSONL file.</summary>
/// <param name="Where">The file and the line's number: <c>prompts.jsonl:3</c>.</param>
/// <param name="Members">The object on the line.</param>
internal sealed record JsonLine(string Where, JsonElement Members)
{
    /// <summary>The text of a member, or null where it is absent.</summary>
    /// <exception cref="BadInputException">The member is not a string, or not valid Unicode.</exception>
    public string? Text(string name)
    {
        if (!Members.TryGetProperty(name, out var member)) return null;
        if (member.ValueKind != JsonValueKind.String) throw new BadInputException(Where, $"\"{name}\" is {Kind(member)}, not a string", "Put it in quotes");
        try
        {
            return member.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new BadInputException(Where, $"\"{name}\" is not valid Unicode (a lone surrogate)", "Write the character in UTF-8");
        }
    }

    /// <summary>The whole number of a member, or null where it is absent.</summary>
    /// <exception cref="BadInputException">The member is not a whole number of 32 bits.</exception>
    public int? Number(string name)
    {
        if (!Members.TryGetProperty(name, out var member)) return null;
        if (member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out int number)) return number;
        throw new BadInputException(Where, $"\"{name}\" is {Kind(member)}, not a whole number", "Give a whole number such as 5");
    }

    /// <summary>The token ids of a member, or null where it is absent.</summary>
    /// <exception cref="BadInputException">The member is not a list of whole numbers.</exception>
    public int[]? Tokens(string name)
    {
        if (!Members.TryGetProperty(name, out var member)) return null;
        if (member.ValueKind != JsonValueKind.Array) throw new BadInputException(Where, $"\"{name}\" is {Kind(member)}, not a list of token ids", "Write it as [1, 2, 3]");
        var tokens = new int[member.GetArrayLength()];
        int i = 0;
        foreach (var element in member.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out tokens[i]))
                throw new BadInputException(Where, $"\"{name}\"[{i}] is {Kind(element)}, not a token id", "Write whole numbers only");
            i++;
        }
        return tokens;
    }

    /// <summary>The error of a line that lacks its members.</summary>
    public BadInputException Lacks(string expected)
    {
        var seen = string.Join(", ", Members.EnumerateObject().Take(8).Select(member => $"\"{member.Name}\""));
        return new BadInputException(Where, $"has {(seen.Length == 0 ? "no members" : seen)}, but {expected} is needed", "Add what is missing, or check its spelling");
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {element.GetRawText()}",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => element.GetRawText(),
    };
}

/// <summary>Reads and writes files with one JSON object a line.</summary>
internal static class JsonLines
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The objects of <paramref name="path"/> in order; empty lines are skipped.</summary>
    /// <exception cref="BadInputException">The file cannot be read, holds no object, or a line is not a JSON object in UTF-8.</exception>
    public static List<JsonLine> Read(string path)
    {
        var lines = new List<JsonLine>();
        int number = 0;
        try
        {
            // Split by hand: File.ReadLines replaces bytes that are not UTF-8, and breaks lines at a lone carriage return inside a string.
            foreach (var text in Strict.GetString(WithoutMark(File.ReadAllBytes(path))).Split('\n'))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(text)) lines.Add(Parse($"{path}:{number}", text));
            }
        }
        catch (DecoderFallbackException)
        {
            throw new BadInputException(path, "is not UTF-8 text", "Save it as UTF-8, one JSON object a line");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
        if (lines.Count == 0) throw new BadInputException(path, "holds no line", "Write one JSON object a line");
        return lines;
    }

    /// <summary>Writes one object a line; text other than ASCII stays readable.</summary>
    /// <exception cref="BadInputException">The file cannot be written.</exception>
    public static void Write<T>(string path, IEnumerable<T> items, Action<Utf8JsonWriter, T> writeMembers) => AtomicFile.Write(path, stream =>
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        foreach (var item in items)
        {
            writer.WriteStartObject();
            writeMembers(writer, item);
            writer.WriteEndObject();
            writer.Flush();
            stream.WriteByte((byte)'\n');
            writer.Reset();
        }
    });

    private static BadInputException Unreadable(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => new(path, "does not exist", "Check the path"),
        UnauthorizedAccessException when Directory.Exists(path) => new(path, "is a folder, not a file", "Name the JSONL file itself"),
        _ => new(path, $"cannot be read ({error.Message.TrimEnd('.')})", "Check its permissions"),
    };

    private static ReadOnlySpan<byte> WithoutMark(byte[] bytes) => bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes;

    private static JsonLine Parse(string where, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new BadInputException(where, "is not a JSON object", "Write {...} on every line");
            return new JsonLine(where, document.RootElement.Clone());
        }
        catch (JsonException error)
        {
            throw new BadInputException(where, $"is not valid JSON (at character {error.BytePositionInLine + 1})", "Write one whole JSON object on the line");
        }
    }
}
