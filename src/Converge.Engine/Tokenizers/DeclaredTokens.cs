using System.Text.Json;

namespace Converge.Engine.Tokenizers;

/// <summary>What the files beside a tokenizer say about special tokens: spellings, whether they are added, ids in the model's configuration.</summary>
internal sealed record DeclaredTokens
{
    /// <summary>The path of <c>tokenizer_config.json</c>, for messages.</summary>
    public required string Where { get; init; }

    /// <summary>Whether a BOS is put in front; null where nothing says so.</summary>
    public bool? AddBos { get; private init; }

    /// <summary>Whether an EOS is put behind; null where nothing says so.</summary>
    public bool? AddEos { get; private init; }

    /// <summary>The BOS token's spelling.</summary>
    public string? Bos { get; private init; }

    /// <summary>The EOS token's spelling.</summary>
    public string? Eos { get; private init; }

    /// <summary>The unknown token's spelling.</summary>
    public string? Unknown { get; private init; }

    /// <summary>The BOS id in <c>config.json</c>.</summary>
    public int? ConfigBosId { get; private init; }

    /// <summary>The EOS id in <c>config.json</c>, the first where it lists several.</summary>
    public int? ConfigEosId { get; private init; }

    /// <summary>Reads what is there; every file is optional.</summary>
    /// <exception cref="BadInputException">A file is malformed.</exception>
    public static DeclaredTokens Read(string directory)
    {
        var config = new SideFile(directory, "tokenizer_config.json");
        var map = new SideFile(directory, "special_tokens_map.json");
        var model = new SideFile(directory, "config.json");
        return new DeclaredTokens
        {
            Where = Path.Combine(directory, "tokenizer_config.json"),
            AddBos = config.Flag("add_bos_token"),
            AddEos = config.Flag("add_eos_token"),
            Bos = config.Token("bos_token") ?? map.Token("bos_token"),
            Eos = config.Token("eos_token") ?? map.Token("eos_token"),
            Unknown = config.Token("unk_token") ?? map.Token("unk_token"),
            ConfigBosId = model.Id("bos_token_id"),
            ConfigEosId = model.Id("eos_token_id"),
        };
    }

    private sealed class SideFile
    {
        private readonly string _path;
        private readonly JsonElement? _root;

        public SideFile(string directory, string name)
        {
            _path = Path.Combine(directory, name);
            if (!File.Exists(_path))
                return;
            _root = JsonFile.Parse(_path, JsonFile.Bytes(_path));
            if (_root.Value.ValueKind != JsonValueKind.Object)
                throw new BadInputException(_path, "is not a JSON object", "Take the file from the checkpoint again");
        }

        public bool? Flag(string name) => Value(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            _ => throw Wrong(name, "true or false"),
        };

        // A token is its spelling, or an object with the spelling under "content".
        public string? Token(string name) => Value(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } text => JsonFile.Text(text, _path, name),
            { ValueKind: JsonValueKind.Object } token when token.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String
                => JsonFile.Text(content, _path, name),
            _ => throw Wrong(name, "a token's spelling"),
        };

        public int? Id(string name)
        {
            var value = Value(name);
            if (value is { ValueKind: JsonValueKind.Array } list)
                value = list.GetArrayLength() > 0 ? list[0] : null;
            if (value is null)
                return null;
            return value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var id) && id >= 0 ? id : throw Wrong(name, "a token id");
        }

        private JsonElement? Value(string name)
            => _root is { } root && root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        private BadInputException Wrong(string name, string expected) => new(_path, $"{name} is not {expected}", "Mend the value or take the file from the checkpoint again");
    }
}
