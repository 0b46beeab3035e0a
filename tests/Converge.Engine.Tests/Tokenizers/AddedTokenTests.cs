namespace Converge.Engine.Tests.Tokenizers;

/// <summary>Added tokens of a <c>tokenizer.json</c>: where they are found and what they take with them.</summary>
public sealed class AddedTokenTests
{
    // Every other character is a token of its own: ids 0 to 4 for a b space < >, and U+2581 is 5.
    private static readonly string[] Characters = ["a", "b", " ", "<", ">", "▁"];

    private static string Token(int id, string content, string flags = "") => $$"""{"id": {{id}}, "content": "{{content}}", "special": true{{flags}}}""";

    private static int[] Encode(string text, string normalizer, params string[] tokens)
    {
        using var folder = new TokenizerFolder().Json(Characters, [], added: $"[{string.Join(',', tokens)}]", normalizer: normalizer);
        return folder.Load().Encode(text);
    }

    [Fact]
    public void They_are_found_anywhere_and_the_longest_wins()
    {
        Assert.Equal([0, 10, 1], Encode("a<a>b", "null", Token(10, "<a>")));
        Assert.Equal([11, 10, 0], Encode("<a><a<aa", "null", Token(10, "<a"), Token(11, "<a><a"), Token(12, "<b>"))[..3]);
        Assert.Equal([3, 0], Encode("<a", "null", Token(10, "<a>")));
    }

    [Fact]
    public void They_take_the_white_space_beside_them_if_they_say_so()
    {
        Assert.Equal([0, 10, 2, 2, 1], Encode("a  <a>  b", "null", Token(10, "<a>", """, "lstrip": true""")));
        Assert.Equal([0, 2, 2, 10, 1], Encode("a  <a>  b", "null", Token(10, "<a>", """, "rstrip": true""")));
        Assert.Equal([10, 10], Encode(" <a>  <a> ", "null", Token(10, "<a>", """, "lstrip": true, "rstrip": true""")));
    }

    [Fact]
    public void A_single_word_is_not_found_inside_a_word()
    {
        Assert.Equal([0, 0, 1, 2, 10, 2, 0, 1, 1], Encode("aab ab abb", "null", Token(10, "ab", """, "single_word": true""")));
        Assert.Equal([3, 10, 4], Encode("<ab>", "null", Token(10, "ab", """, "single_word": true""")));
    }

    [Fact]
    public void One_for_normalised_text_is_looked_for_as_the_normalizer_spells_it()
    {
        const string Llama = """{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}""";
        // Raw: what follows is normalised for itself, so that it gets a prefix of its own.
        Assert.Equal([5, 0, 10, 5, 1], Encode("a<a>b", Llama, Token(10, "<a>", """, "normalized": false""")));
        // Normalised, the token is "▁<a>": found behind a space and at the start, not behind a letter.
        Assert.Equal([10, 0, 10, 1, 3, 0, 4], Encode("<a>a <a>b<a>", Llama, Token(10, "<a>", """, "normalized": true""")));
    }

    [Fact]
    public void Special_ones_are_left_out_when_decoding_and_others_are_not()
    {
        using var folder = new TokenizerFolder().Json(
            Characters, [], added: """[{"id": 10, "content": "<a>", "special": true}, {"id": 7, "content": "<b>", "special": false}]""", decoder: """{"type": "Fuse"}""");
        var tokenizer = folder.Load();
        Assert.Equal(11, tokenizer.VocabSize);
        Assert.Equal([10, 0, 7], tokenizer.Encode("<a>a<b>"));
        Assert.Equal("a<b>", tokenizer.Decode([10, 0, 7]));
        Assert.Equal("<a>a<b>", tokenizer.Decode([10, 0, 7], skipSpecial: false));
    }
}
