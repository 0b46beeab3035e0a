using Converge.Engine.Tokenizers;

namespace Converge.Engine.Tests.Tokenizers;

/// <summary>BOS and EOS: who asks for them, and never two.</summary>
public sealed class SpecialTokenTests
{
    private const string Template = """
        {"type": "Sequence", "processors": [{"type": "ByteLevel", "trim_offsets": false}, {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
         "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}]}
        """;

    private static TokenizerFolder Folder(string? postProcessor = null)
        => new TokenizerFolder().Json(["a", "<s>", "</s>"], [], added: """[{"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "</s>", "special": true}]""", postProcessor: postProcessor);

    private static int[] Encode(TokenizerFolder folder)
    {
        using (folder)
            return folder.Load().Encode("a");
    }

    [Fact]
    public void A_template_adds_its_tokens_only_when_asked()
    {
        using var folder = Folder(Template);
        var tokenizer = folder.Load();
        Assert.True(tokenizer.AddsBos);
        Assert.Equal([1, 0], tokenizer.Encode("a"));
        Assert.Equal([0], tokenizer.Encode("a", addSpecial: false));
    }

    [Fact]
    public void A_text_that_spells_the_bos_gets_no_second_one()
    {
        using var folder = Folder(Template);
        var tokenizer = folder.Load();
        Assert.Equal([1, 0], tokenizer.Encode("<s>a"));
        Assert.Equal([1], tokenizer.Encode("<s>"));
        Assert.Equal([1], tokenizer.Encode(""));
        // What the text itself spells twice stays.
        Assert.Equal([1, 1, 0], tokenizer.Encode("<s><s>a"));
    }

    [Fact]
    public void The_configuration_beside_the_file_decides_where_it_speaks()
    {
        Assert.Equal([0], Encode(Folder()));
        Assert.Equal([1, 0], Encode(Folder().Write("tokenizer_config.json", """{"add_bos_token": true, "bos_token": {"content": "<s>"}}""")));
        Assert.Equal([0], Encode(Folder(Template).Write("tokenizer_config.json", """{"add_bos_token": false, "bos_token": "<s>"}""")));
        Assert.Equal([1, 0], Encode(Folder(Template).Write("tokenizer_config.json", """{"add_bos_token": true, "bos_token": "<s>"}""")));
        Assert.Equal([2, 0], Encode(Folder(Template).Write("tokenizer_config.json", """{"add_bos_token": true, "bos_token": "</s>"}""")));
        Assert.Equal([1, 0, 2], Encode(Folder(Template).Write("tokenizer_config.json", """{"add_eos_token": true, "eos_token": "</s>"}""")));
        Assert.Equal([1, 0], Encode(Folder().Write("tokenizer_config.json", """{"add_bos_token": true}""").Write("config.json", """{"bos_token_id": 1}""")));
    }

    [Fact]
    public void Ids_come_from_the_configurations_and_the_maps_beside_the_file()
    {
        using var folder = Folder().Write("special_tokens_map.json", """{"bos_token": "<s>", "unk_token": "a"}""").Write("config.json", """{"bos_token_id": 7, "eos_token_id": [2, 9]}""");
        var tokenizer = folder.Load();
        Assert.Equal((1, 2, 0, false), (tokenizer.BosId, tokenizer.EosId, tokenizer.UnknownId, tokenizer.AddsBos));
        using var beyond = Folder().Write("config.json", """{"bos_token_id": 7}""");
        Assert.Null(beyond.Load().BosId);
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"add_bos_token": true}""", "add_bos_token")]
    [InlineData("tokenizer_config.json", """{"add_bos_token": "yes"}""", "add_bos_token")]
    [InlineData("tokenizer_config.json", """{"bos_token": 1}""", "bos_token")]
    [InlineData("tokenizer_config.json", "[]", "object")]
    [InlineData("special_tokens_map.json", "{", "JSON")]
    [InlineData("config.json", """{"eos_token_id": "2"}""", "eos_token_id")]
    [InlineData("config.json", """{"bos_token_id": -1}""", "bos_token_id")]
    public void A_lying_file_beside_it_is_refused_by_name(string name, string text, string named)
    {
        using var folder = Folder().Write(name, text);
        var error = Assert.Throws<BadInputException>(folder.Load);
        Assert.Contains(name, error.Message);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void The_digest_is_that_of_the_tokenizers_file()
    {
        using var folder = new TokenizerFolder().Json(["a"], []);
        var bytes = File.ReadAllBytes(Path.Combine(folder.Path, "tokenizer.json"));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), folder.Load().Digest);
    }

    [Fact]
    public void A_directory_without_a_tokenizer_is_refused()
    {
        using var folder = new TokenizerFolder();
        Assert.Contains("neither tokenizer.json nor tokenizer.model", Assert.Throws<BadInputException>(folder.Load).Message);
        Assert.Throws<BadInputException>(() => Tokenizer.Load(Path.Combine(folder.Path, "nowhere")));
    }
}
