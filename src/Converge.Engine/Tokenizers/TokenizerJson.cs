using System.Text.Json;
using System.Text.Json.Nodes;
using Converge.Engine.Tokenizers.Json;
using Converge.Engine.Tokenizers.Training;

namespace Converge.Engine.Tokenizers;

/// <summary>Reads and writes <c>tokenizer.json</c>, the format of the Hugging Face tokenizers library.</summary>
public static class TokenizerJson
{
    /// <summary>The number of tokens of what <see cref="WriteByteLevel"/> writes where there are no merges: 256 bytes and three special tokens.</summary>
    public const int ByteLevelVocabSize = BytePairVocabulary.BaseSize;

    /// <summary>
    /// Writes a byte-level BPE tokenizer that puts <c>&lt;s&gt;</c> in front of a text, as <c>tokenizer.json</c> and
    /// <c>tokenizer_config.json</c>.
    /// </summary>
    /// <param name="directory">The directory, made if it is not there.</param>
    /// <param name="vocabulary">The tokens and merges; by default the smallest useful ones, <see cref="BytePairVocabulary.Bytes"/>.</param>
    /// <exception cref="BadInputException">The directory cannot be written.</exception>
    public static void WriteByteLevel(string directory, BytePairVocabulary? vocabulary = null)
    {
        vocabulary ??= BytePairVocabulary.Bytes;
        var ids = new JsonObject();
        foreach (var token in vocabulary.Tokens)
            ids.Add(token, ids.Count);
        var tokenizer = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. BytePairVocabulary.Special.Select((token, id) => AddedEntry(token, id))]),
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = new JsonObject
            {
                ["type"] = "TemplateProcessing",
                ["single"] = new JsonArray(Special("<s>", 0), Sequence("A", 0)),
                ["pair"] = new JsonArray(Special("<s>", 0), Sequence("A", 0), Special("<s>", 1), Sequence("B", 1)),
                ["special_tokens"] = new JsonObject { ["<s>"] = new JsonObject { ["id"] = "<s>", ["ids"] = new JsonArray(1), ["tokens"] = new JsonArray("<s>") } },
            },
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = false,
                ["vocab"] = ids,
                ["merges"] = new JsonArray([.. vocabulary.Merges.Select(merge => new JsonArray(merge.Left, merge.Right))]),
            },
        };
        var config = new JsonObject { ["bos_token"] = "<s>", ["eos_token"] = "</s>", ["unk_token"] = "<unk>", ["tokenizer_class"] = "PreTrainedTokenizerFast" };
        var readable = new JsonSerializerOptions { WriteIndented = true };
        AtomicFile.WriteText(Path.Combine(directory, "tokenizer.json"), tokenizer.ToJsonString(readable) + "\n");
        AtomicFile.WriteText(Path.Combine(directory, "tokenizer_config.json"), config.ToJsonString(readable) + "\n");
    }

    /// <summary>Reads a file.</summary>
    internal static Tokenizer Read(string path, DeclaredTokens declared)
    {
        var bytes = JsonFile.Bytes(path);
        var root = new Field(JsonFile.Parse(path, bytes), path, "");
        // Truncation and padding are settings of a past caller, which its library resets too.
        root.Only("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        var model = BytePairModel.Read(root["model"]);
        var added = root["added_tokens"].IsNull ? [] : root["added_tokens"].Items().Select(AddedToken.Read).ToList();
        var pieces = Spellings(root, model, added);
        int? IdOf(string spelling) => added.Find(token => token.Content == spelling)?.Id ?? model.IdOf(spelling);
        string? SpellingOf(int id) => id < pieces.Length ? pieces[id] : null;

        var (prefix, suffix) = PostProcessor.Read(root["post_processor"], SpellingOf);
        var file = new SpecialIds(prefix.Length > 0 ? prefix[0] : null, suffix.Length > 0 ? suffix[^1] : null, model.UnknownId, prefix, suffix);
        return new JsonTokenizer(root, bytes, model, added, pieces, SpecialIds.Resolve(file, declared, IdOf, pieces.Length));
    }

    private static string?[] Spellings(Field root, BytePairModel model, List<AddedToken> added)
    {
        if (model.Vocabulary.Count + added.Count == 0)
            throw root["model"].Wrong("has no tokens");
        var pieces = new string?[model.Vocabulary.Values.Concat(added.Select(token => token.Id)).Max() + 1];
        foreach (var (spelling, id) in model.Vocabulary)
            pieces[id] = spelling;
        foreach (var token in added)
        {
            if (model.IdOf(token.Content) is { } id && id != token.Id)
                throw root["added_tokens"].Wrong($"gives '{token.Content}' the id {token.Id}, but the vocabulary gives it {id}");
            pieces[token.Id] = token.Content;
        }
        return pieces;
    }

    private static JsonObject AddedEntry(string token, int id) => new()
    {
        ["id"] = id,
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    /// <summary>The pre-tokenizer, and decoder, of what <see cref="WriteByteLevel"/> writes.</summary>
    internal static JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };

    private static JsonObject Special(string token, int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };

    private static JsonObject Sequence(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };
}
