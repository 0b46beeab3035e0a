namespace Converge.Engine.Tests.Tokenizers;

/// <summary>How normalizers and pre-tokenizers of a <c>tokenizer.json</c> cut text, seen through the byte-level spelling of the pieces.</summary>
public sealed class TokenizerJsonPiecesTests
{
    // With ignore_merges and no merges, a piece that is in the vocabulary comes out whole and anything else comes out as '?'.
    private static string[] Cut(string text, string preTokenizer, string? normalizer, params string[] pieces)
    {
        using var folder = new TokenizerFolder().Json(
            ["?", .. pieces.Distinct()], [], normalizer: normalizer, preTokenizer: preTokenizer, model: """{"ignore_merges": true, "unk_token": "?", "fuse_unk": true}""");
        var tokenizer = folder.Load();
        return [.. tokenizer.Encode(text).Select(tokenizer.Piece)];
    }

    private static void Splits(string text, string preTokenizer, params string[] pieces) => Assert.Equal(pieces, Cut(text, preTokenizer, null, pieces));

    [Theory]
    [InlineData("Removed", new[] { "ab", "c", "d" })]
    [InlineData("Isolated", new[] { "ab", "-", "c", "-", "-", "d", "-" })]
    [InlineData("MergedWithPrevious", new[] { "ab-", "c-", "-", "d-" })]
    [InlineData("MergedWithNext", new[] { "ab", "-c", "-", "-d", "-" })]
    [InlineData("Contiguous", new[] { "ab", "-", "c", "--", "d", "-" })]
    public void A_split_treats_its_matches_as_its_behavior_says(string behavior, string[] pieces)
    {
        Splits("ab-c--d-", $$"""{"type": "Split", "pattern": {"String": "-"}, "behavior": "{{behavior}}", "invert": false}""", pieces);
        Splits("ab-c--d-", $$"""{"type": "Split", "pattern": {"Regex": "[^-]"}, "behavior": "{{behavior}}", "invert": true}""", behavior switch
        {
            // Turned round, what is between the matches counts as matched, and a run of it is one match.
            "Removed" => ["a", "b", "c", "d"],
            "Isolated" => ["a", "b", "-", "c", "--", "d", "-"],
            "MergedWithPrevious" => ["a", "b-", "c--", "d-"],
            "MergedWithNext" => ["a", "b", "-c", "--d", "-"],
            _ => ["ab", "-", "c", "--", "d", "-"],
        });
    }

    [Fact]
    public void Digits_stand_alone_or_in_runs()
    {
        Splits("a12½b", """{"type": "Digits", "individual_digits": true}""", "a", "1", "2", "½", "b");
        Splits("a12½b", """{"type": "Digits", "individual_digits": false}""", "a", "12½", "b");
    }

    [Fact]
    public void The_byte_level_pattern_keeps_a_space_with_the_word_after_it()
    {
        const string ByteLevel = """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}""";
        Splits("I'll  go 12 km!", ByteLevel, "I", "'ll", "Ġ", "Ġgo", "Ġ12", "Ġkm", "!");
        Splits("a \n\n", ByteLevel, "a", "ĠĊĊ");
        // é is C3 A9, written Ã ©.
        Splits("é", ByteLevel, "Ã©");
        Splits("a b", """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": false}""", "ĠaĠb");
    }

    [Fact]
    public void Characters_beyond_the_basic_plane_count_as_one_character_of_their_category()
    {
        // U+1D49C and U+20000 are letters, U+1D7D8 a digit, U+1F600 a symbol; their UTF-16 halves are none of these.
        Splits("a𝒜𠀀𝟘😀😀", """{"type": "Split", "pattern": {"Regex": "\\p{L}+|\\p{N}+|[^\\p{L}\\p{N}]"}, "behavior": "Isolated"}""", "a𝒜𠀀", "𝟘", "😀", "😀");
    }

    [Theory]
    [InlineData("It's 12345 o'clock\n\n  now…", new[] { "It", "'s", " ", "123", "45", " o", "'clock", "\n\n", " ", " now", "…" })]
    public void The_pattern_of_llama_3_cuts_as_it_reads(string text, string[] pieces)
        => Splits(text, """{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}""", pieces);

    [Fact]
    public void Steps_of_a_sequence_cut_the_pieces_of_the_step_before()
        => Splits("a1 b", """{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}]}""", "a", "1", "Ġb");

    [Fact]
    public void A_metaspace_step_shows_spaces_and_may_put_one_in_front()
    {
        Splits("a b", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}""", "▁a▁b");
        Splits("a  b", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""", "▁a", "▁", "▁b");
        Splits("a b", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": true}""", "a", "▁b");
        Splits(" a", """{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}""", "▁a");
    }

    [Theory]
    [InlineData("""{"type": "NFC"}""", "e\u0301\u1100\u1161\u11A8 \u212B", "\u00E9\uAC01 \u00C5")]
    [InlineData("""{"type": "NFC"}""", "a\u0315\u0300\u05AE b", "\u00E0\u05AE\u0315 b")]
    [InlineData("""{"type": "NFC"}""", "\u0958 e\u0328\u0327\u0301", "\u0915\u093C \u0119\u0327\u0301")]
    [InlineData("""{"type": "NFC"}""", "a\u0305\u0301 a\u0323\u0301", "a\u0305\u0301 \u1EA1\u0301")]
    [InlineData("""{"type": "NFD"}""", "\u00E9\uAC01", "e\u0301\u1100\u1161\u11A8")]
    [InlineData("""{"type": "NFKC"}""", "\uFB01\u2460\u3000\uFF76\uFF9E\U0001D49C", "fi1 \u30ACA")]
    [InlineData("""{"type": "NFKD"}""", "\u1E9B\u0323", "s\u0323\u0307")]
    [InlineData("""{"type": "Lowercase"}""", "ÀB", "àb")]
    [InlineData("""{"type": "Strip", "strip_left": true, "strip_right": false}""", "  a ", "a ")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "_"}""", "a   b c", "a_b c")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "x"}, {"type": "Replace", "pattern": {"String": "."}, "content": ""}]}""", "a.b", "xab")]
    public void Text_is_normalised_before_it_is_cut(string normalizer, string text, string normal)
        => Assert.Equal([normal], Cut(text, "null", normalizer, normal));
}
