namespace Converge.Engine.Tests.Tokenizers;

/// <summary>The BPE model of a <c>tokenizer.json</c> on hand-worked merges.</summary>
public sealed class TokenizerJsonModelTests
{
    private static readonly string[] Letters = ["a", "b", "c", "ab", "bc", "abc"];

    [Fact]
    public void Merges_apply_in_the_order_of_the_list()
    {
        // "abc": "b c" comes first in the list, "a bc" joins the rest.
        using var folder = new TokenizerFolder().Json(Letters, ["b c", "a b", "a bc"]);
        Assert.Equal([5], folder.Load().Encode("abc"));
        // Without "a bc" the later "a b" finds its "b" gone.
        using var shorter = new TokenizerFolder().Json(Letters, ["b c", "a b"]);
        Assert.Equal([0, 4], shorter.Load().Encode("abc"));
        // The other way round "ab" is made first.
        using var turned = new TokenizerFolder().Json(Letters, ["a b", "b c"]);
        Assert.Equal([3, 2], turned.Load().Encode("abc"));
    }

    [Fact]
    public void Merges_may_be_pairs_in_lists()
    {
        using var folder = new TokenizerFolder().Json(["a", "b", " ", "a ", "a b"], [], model: """{"merges": [["a", " "], ["a ", "b"]]}""");
        Assert.Equal([4], folder.Load().Encode("a b"));
    }

    [Fact]
    public void Overlapping_pairs_of_one_rule_merge_from_the_left()
    {
        using var folder = new TokenizerFolder().Json(["a", "aa", "aaaa"], ["a a", "aa aa"]);
        Assert.Equal([2, 1, 0], folder.Load().Encode("aaaaaaa"));
    }

    [Fact]
    public void Ignore_merges_takes_a_piece_that_is_a_token_whole()
    {
        using var folder = new TokenizerFolder().Json(Letters, ["a b"], model: """{"ignore_merges": true}""");
        Assert.Equal([5], folder.Load().Encode("abc"));
        Assert.Equal([5], folder.Load().Encode("abc"));
        Assert.Equal([3, 2, 0], folder.Load().Encode("abca"));
    }

    [Theory]
    [InlineData("""{"unk_token": "?", "fuse_unk": false}""", "xyaz", new[] { 1, 1, 0, 1 })]
    [InlineData("""{"unk_token": "?", "fuse_unk": true}""", "xyaz", new[] { 1, 0, 1 })]
    [InlineData("""{"unk_token": null}""", "xyaz", new[] { 0 })]
    public void Unknown_characters_become_the_unknown_token_each_or_fused_or_vanish(string model, string text, int[] ids)
    {
        using var folder = new TokenizerFolder().Json(["a", "?"], [], model: model);
        Assert.Equal(ids, folder.Load().Encode(text));
    }

    [Fact]
    public void Byte_fallback_spells_a_character_only_if_all_its_bytes_are_tokens()
    {
        using var folder = new TokenizerFolder().Json(["?", "<0xC3>", "<0xA9>"], [], model: """{"byte_fallback": true, "unk_token": "?"}""");
        // é is C3 A9, è is C3 A8.
        Assert.Equal([1, 2, 0], folder.Load().Encode("éè"));
    }

    [Fact]
    public void Llama_style_files_prepend_a_visible_space_and_strip_it_again()
    {
        using var folder = new TokenizerFolder().Json(
            ["<unk>", "▁", "a", "b", "▁a", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>"], ["▁ a"],
            normalizer: """{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}""",
            decoder: """{"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}""",
            model: """{"byte_fallback": true, "fuse_unk": true, "unk_token": "<unk>"}""");
        var tokenizer = folder.Load();
        Assert.Equal([4, 3, 4, 1, 5, 6, 7, 8], tokenizer.Encode("ab a 😀"));
        Assert.Equal("ab a 😀", tokenizer.Decode([4, 3, 4, 1, 5, 6, 7, 8]));
        Assert.Equal("a���b", tokenizer.Decode([4, 5, 6, 7, 3]));
        Assert.Equal("▁a", tokenizer.Piece(4));
        Assert.Empty(tokenizer.Encode(""));
        Assert.Equal("", tokenizer.Decode([]));
    }

    [Fact]
    public void Without_a_decoder_spellings_are_joined_by_spaces()
    {
        using var folder = new TokenizerFolder().Json(Letters, []);
        Assert.Equal("a abc", folder.Load().Decode([0, 5]));
    }

    [Fact]
    public void An_id_outside_the_vocabulary_is_refused_by_number()
    {
        using var folder = new TokenizerFolder().Json([], [], model: """{"vocab": {"a": 0, "b": 2}}""");
        var tokenizer = folder.Load();
        Assert.Equal(3, tokenizer.VocabSize);
        foreach (var id in new[] { -1, 1, 3, int.MaxValue })
        {
            Assert.Contains($"id {id} ", Assert.Throws<BadInputException>(() => tokenizer.Decode([0, id])).Message);
            Assert.Throws<BadInputException>(() => tokenizer.Piece(id));
        }
    }
}
