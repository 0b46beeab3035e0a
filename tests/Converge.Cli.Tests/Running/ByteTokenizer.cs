using System.Text;
using System.Text.Json;
using Converge.Engine;

namespace Converge.Cli.Tests.Running;

/// <summary>
/// Writes a <c>tokenizer.json</c> whose tokens are the 256 bytes, <c>&lt;s&gt;</c> in front of every text and <c>&lt;/s&gt;</c>: any text can
/// be run through a model that has never seen a vocabulary.
/// </summary>
internal static class ByteTokenizer
{
    /// <summary>The id of <c>&lt;s&gt;</c>.</summary>
    public const int BosId = 256;

    /// <summary>The id of <c>&lt;/s&gt;</c>.</summary>
    public const int EosId = 257;

    /// <summary>The number of ids.</summary>
    public const int VocabSize = 258;

    /// <summary>Writes the file.</summary>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    public static void Write(string directory) => AtomicFile.Write(Path.Combine(directory, "tokenizer.json"), stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteStartArray("added_tokens");
        WriteAdded(json, BosId, "<s>");
        WriteAdded(json, EosId, "</s>");
        json.WriteEndArray();
        WriteByteLevel(json, "pre_tokenizer");
        WriteBosInFront(json);
        WriteByteLevel(json, "decoder");
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteStartObject("vocab");
        for (int value = 0; value < 256; value++) json.WriteNumber(Spelling((byte)value), value);
        json.WriteNumber("<s>", BosId);
        json.WriteNumber("</s>", EosId);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    // The byte-level alphabet: printable bytes of Latin-1 stand for themselves, the n-th of the others for the n-th character from U+0100 on.
    private static string Spelling(byte value)
    {
        if (IsPrintable(value)) return ((char)value).ToString();
        int others = Enumerable.Range(0, value).Count(other => !IsPrintable((byte)other));
        return new Rune(0x100 + others).ToString();
    }

    private static bool IsPrintable(byte value) => value is >= (byte)'!' and <= (byte)'~' or >= 0xA1 and <= 0xAC or >= 0xAE;

    private static void WriteAdded(Utf8JsonWriter json, int id, string content)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", content);
        foreach (var flag in new[] { "single_word", "lstrip", "rstrip", "normalized" }) json.WriteBoolean(flag, false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", true);
        json.WriteEndObject();
    }

    private static void WriteBosInFront(Utf8JsonWriter json)
    {
        json.WriteStartObject("post_processor");
        json.WriteString("type", "TemplateProcessing");
        foreach (var (name, sequences) in new[] { ("single", "A"), ("pair", "AB") })
        {
            json.WriteStartArray(name);
            WriteItem(json, "SpecialToken", "<s>", 0);
            for (int i = 0; i < sequences.Length; i++) WriteItem(json, "Sequence", sequences[i].ToString(), i);
            json.WriteEndArray();
        }
        json.WriteStartObject("special_tokens");
        json.WriteStartObject("<s>");
        json.WriteString("id", "<s>");
        json.WriteStartArray("ids");
        json.WriteNumberValue(BosId);
        json.WriteEndArray();
        json.WriteStartArray("tokens");
        json.WriteStringValue("<s>");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteItem(Utf8JsonWriter json, string kind, string id, int type)
    {
        json.WriteStartObject();
        json.WriteStartObject(kind);
        json.WriteString("id", id);
        json.WriteNumber("type_id", type);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
