using System.Text.Json;

namespace Converge.Engine.Tokenizers;

/// <summary>Reads a tokenizer's files into memory with errors that name the file.</summary>
internal static class JsonFile
{
    /// <summary>The file's bytes.</summary>
    /// <exception cref="BadInputException">The file cannot be read.</exception>
    public static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(path, $"cannot be read ({error.Message.TrimEnd('.')})", "Check the path and its permissions");
        }
    }

    /// <summary>The root of a JSON document.</summary>
    /// <exception cref="BadInputException">The bytes are not JSON.</exception>
    public static JsonElement Parse(string path, byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new BadInputException(path, $"is not valid JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine})", "Take the file from the checkpoint again");
        }
    }

    /// <summary>The text of a JSON string.</summary>
    /// <exception cref="BadInputException">The string holds half of a surrogate pair, or bytes that are not UTF-8.</exception>
    public static string Text(JsonElement value, string path, string place)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new BadInputException(path, $"{place} holds text that is not valid Unicode", "Take the file from the checkpoint again");
        }
    }
}
