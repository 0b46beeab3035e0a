using System.Text.Json;
using System.Text.Json.Nodes;
using Converge.Engine.Tokenizers;
using Google.Protobuf;

namespace Converge.Engine.Tests.Tokenizers;

/// <summary>A directory with tokenizer files that a test makes, removed afterwards.</summary>
internal sealed class TokenizerFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("converge-tokenizer-").FullName;

    public Tokenizer Load() => Tokenizer.Load(Path);

    public TokenizerFolder Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(System.IO.Path.Combine(Path, name), bytes);
        return this;
    }

    public TokenizerFolder Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>A <c>tokenizer.json</c>: tokens get their ids in order, merges are "a b", parts are JSON.</summary>
    public TokenizerFolder Json(
        string[] tokens, string[] merges, string? added = null, string? normalizer = null, string? preTokenizer = null, string? postProcessor = null, string? decoder = null, string? model = null)
    {
        var vocabulary = new JsonObject();
        foreach (var token in tokens)
            vocabulary[token] = vocabulary.Count;
        var parts = JsonNode.Parse(model ?? "{}")!.AsObject();
        parts["type"] ??= "BPE";
        parts["vocab"] ??= vocabulary;
        parts["merges"] ??= new JsonArray([.. merges.Select(merge => (JsonNode)merge)]);
        var root = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = JsonNode.Parse(added ?? "[]"),
            ["normalizer"] = JsonNode.Parse(normalizer ?? "null"),
            ["pre_tokenizer"] = JsonNode.Parse(preTokenizer ?? "null"),
            ["post_processor"] = JsonNode.Parse(postProcessor ?? "null"),
            ["decoder"] = JsonNode.Parse(decoder ?? "null"),
            ["model"] = parts,
        };
        return Write("tokenizer.json", root.ToJsonString(new JsonSerializerOptions()));
    }

    /// <summary>A SentencePiece <c>tokenizer.model</c>; fields are (number, value) with bool, int or string values.</summary>
    public TokenizerFolder Model(IEnumerable<(string Text, float Score, int Type)> pieces, (int, object)[]? trainer = null, (int, object)[]? normalizer = null)
        => Write("tokenizer.model", ModelBytes(pieces, trainer, normalizer));

    public static byte[] ModelBytes(IEnumerable<(string Text, float Score, int Type)> pieces, (int, object)[]? trainer = null, (int, object)[]? normalizer = null)
        => Message(
        [
            .. pieces.Select(piece => (1, (object)Message([(1, piece.Text), (2, piece.Score), (3, piece.Type)]))),
            (2, Message(trainer ?? [(3, 2)])),
            (3, Message(normalizer ?? [(3, true), (4, false)])),
        ]);

    private static byte[] Message(IEnumerable<(int Field, object Value)> fields)
    {
        using var stream = new MemoryStream();
        using var output = new CodedOutputStream(stream);
        foreach (var (field, value) in fields)
            switch (value)
            {
                case bool flag: output.WriteTag(field, WireFormat.WireType.Varint); output.WriteBool(flag); break;
                case int number: output.WriteTag(field, WireFormat.WireType.Varint); output.WriteInt32(number); break;
                case float number: output.WriteTag(field, WireFormat.WireType.Fixed32); output.WriteFloat(number); break;
                case string text: output.WriteTag(field, WireFormat.WireType.LengthDelimited); output.WriteString(text); break;
                case byte[] bytes: output.WriteTag(field, WireFormat.WireType.LengthDelimited); output.WriteBytes(ByteString.CopyFrom(bytes)); break;
            }
        output.Flush();
        return stream.ToArray();
    }
}
