using System.Text;
using Converge.Engine.Tokenizers;

namespace Converge.Engine.Tests.Tokenizers;

/// <summary>Files that lie or ask for what is not understood: one clear line that names the place.</summary>
public sealed class MalformedTokenizerJsonTests
{
    private const string Good = """
        {"version": "1.0", "added_tokens": [{"id": 3, "content": "<s>", "special": true}], "normalizer": null, "pre_tokenizer": null,
         "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
          "special_tokens": {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}}},
         "decoder": null, "model": {"type": "BPE", "unk_token": "a", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
        """;

    [Fact]
    public void The_file_that_the_others_are_altered_from_is_good()
    {
        using var folder = new TokenizerFolder().Write("tokenizer.json", Good);
        Assert.Equal([3, 2], folder.Load().Encode("ab"));
    }

    [Theory]
    [InlineData("\"type\": \"BPE\"", "\"type\": \"WordPiece\"", "WordPiece")]
    [InlineData("\"type\": \"BPE\"", "\"dropout\": 0.1", "model.dropout")]
    [InlineData("\"type\": \"BPE\"", "\"end_of_word_suffix\": \"</w>\"", "model.end_of_word_suffix")]
    [InlineData("\"type\": \"BPE\"", "\"surprise\": 1", "surprise")]
    [InlineData("\"version\": \"1.0\"", "\"extra\": 1", "extra")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"\"}", "normalizer is of type Precompiled")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"NFC\"}, {\"type\": \"Odd\"}]}", "normalizer.normalizers[1] is of type Odd")]
    [InlineData("\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"}", "BertPreTokenizer")]
    [InlineData("\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"(\"}, \"behavior\": \"Isolated\"}", "pre_tokenizer.pattern.Regex")]
    [InlineData("\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"\\\\p{Han}\"}, \"behavior\": \"Isolated\"}", "Han")]
    [InlineData("\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"[a-z&&[^b]]\"}, \"behavior\": \"Isolated\"}", "&&")]
    [InlineData("\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"String\": \"a\"}, \"behavior\": \"3\"}", "behavior")]
    [InlineData("\"pre_tokenizer\": null", "\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": \"a\", \"behavior\": \"Isolated\"}", "pre_tokenizer.pattern is not an object")]
    [InlineData("\"decoder\": null", "\"decoder\": {\"type\": \"CTC\"}", "CTC")]
    [InlineData("\"TemplateProcessing\"", "\"BertProcessing\"", "BertProcessing")]
    [InlineData("\"Sequence\": {\"id\": \"A\"", "\"Sequence\": {\"id\": \"B\"", "second sequence")]
    [InlineData("\"ids\": [3]", "\"ids\": [2]", "post_processor.special_tokens.<s>")]
    [InlineData("\"ids\": [3]", "\"ids\": [99]", "post_processor.special_tokens.<s>")]
    [InlineData("\"special_tokens\": {\"<s>\"", "\"special_tokens\": {\"</s>\"", "post_processor.special_tokens.<s>")]
    [InlineData("\"unk_token\": \"a\"", "\"unk_token\": \"zz\"", "model.unk_token")]
    [InlineData("\"b\": 1", "\"b\": 0", "id 0")]
    [InlineData("\"b\": 1", "\"b\": -1", "model.vocab.b")]
    [InlineData("\"b\": 1", "\"b\": 2000000000", "model.vocab.b")]
    [InlineData("\"b\": 1", "\"b\": 1.5", "model.vocab.b")]
    [InlineData("\"b\": 1", "\"a\": 1", "'a' twice")]
    [InlineData("\"a b\"", "\"b a\"", "model.merges[0] names the token 'ba'")]
    [InlineData("\"a b\"", "\"ab\"", "model.merges[0] is not a pair")]
    [InlineData("\"a b\"", "[\"a\"]", "model.merges[0] is not a pair")]
    [InlineData("\"a b\"", "3", "model.merges[0]")]
    [InlineData("\"merges\": [\"a b\"]", "\"merges\": {}", "model.merges is not a list")]
    [InlineData("\"content\": \"<s>\"", "\"content\": \"b\"", "'b' the id 3")]
    [InlineData("\"content\": \"<s>\"", "\"content\": \"\\ud800\"", "added_tokens[0].content")]
    [InlineData("\"special\": true", "\"special\": 1", "added_tokens[0].special")]
    [InlineData("\"special\": true", "\"sort\": 1", "sort")]
    [InlineData("\"model\"", "\"modle\"", "modle")]
    [InlineData("\"merges\"", "merges", "line 4")]
    public void What_is_wrong_is_named(string from, string to, string named)
    {
        Assert.Contains(from, Good);
        using var folder = new TokenizerFolder().Write("tokenizer.json", Good.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<BadInputException>(folder.Load);
        Assert.Contains("tokenizer.json", error.Message);
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void A_truncated_or_altered_file_is_read_or_refused_but_never_fails_otherwise()
    {
        var bytes = Encoding.UTF8.GetBytes(Good);
        using var folder = new TokenizerFolder();
        for (var length = 0; length < bytes.Length - 1; length += 7)
            Assert.Throws<BadInputException>(() => folder.Write("tokenizer.json", bytes[..length]).Load());
        var random = new Random(11);
        for (var round = 0; round < 400; round++)
        {
            var altered = bytes.ToArray();
            for (var i = 0; i < 2; i++)
                altered[random.Next(altered.Length)] = (byte)random.Next(256);
            folder.Write("tokenizer.json", altered);
            try
            {
                folder.Load().Encode("abc <s> é");
            }
            catch (BadInputException error)
            {
                Assert.Contains("tokenizer.json", error.Message);
            }
        }
    }

    [Fact]
    public void A_tokenizer_json_is_preferred_to_a_model_file()
    {
        using var folder = new TokenizerFolder().Write("tokenizer.json", Good).Write("tokenizer.model", [1, 2, 3]);
        Assert.Equal(4, Tokenizer.Load(folder.Path).VocabSize);
    }
}
