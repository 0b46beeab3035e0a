using System.Diagnostics;

namespace Converge.Engine.Tests.Tokenizers;

/// <summary>Small hand-made SentencePiece models; the merges are worked out in the comments.</summary>
public sealed class SentencePieceTests
{
    private const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6;

    // ids:                                    0             1              2               3            4            5            6            7             8
    private static readonly (string, float, int)[] Small =
        [("<unk>", 0, Unknown), ("<s>", 0, Control), ("</s>", 0, Control), ("▁", -9, Normal), ("a", -9, Normal), ("b", -9, Normal), ("ab", -1, Normal), ("▁a", -2, Normal), ("ba", -3, Normal)];

    private static IEnumerable<(string, float, int)> WithBytes(params (string, float, int)[] more)
        => [.. Small, .. Enumerable.Range(0, 256).Select(value => ($"<0x{value:X2}>", 0f, Byte)), .. more];

    [Fact]
    public void The_pair_with_the_highest_score_merges_first()
    {
        using var folder = new TokenizerFolder().Model(Small);
        var tokenizer = folder.Load();
        // "▁ab": "ab" (-1) goes before "▁a" (-2), which then has no "a" left.
        Assert.Equal([1, 3, 6], tokenizer.Encode("ab"));
        // "▁aba": "ab" again; "ba" has lost its "b".
        Assert.Equal([1, 3, 6, 4], tokenizer.Encode("aba"));
        // "▁aa": only "▁a".
        Assert.Equal([1, 7, 4], tokenizer.Encode("aa"));
        Assert.Equal("aba", tokenizer.Decode([1, 3, 6, 4, 2]));
    }

    [Fact]
    public void Among_equal_scores_the_leftmost_pair_merges_first()
    {
        using var folder = new TokenizerFolder().Model([("<unk>", 0, Unknown), ("a", -5, Normal), ("ab", -1, Normal), ("aa", -1, Normal), ("b", -5, Normal), ("▁", -5, Normal)]);
        Assert.Equal([5, 3, 4], folder.Load().Encode("aab"));
    }

    [Fact]
    public void A_character_that_is_no_piece_still_takes_part_in_the_merges_of_pieces_that_hold_it()
    {
        using var folder = new TokenizerFolder().Model([("<unk>", 0, Unknown), ("▁", -5, Normal), ("xy", -1, Normal), ("xyz", -2, Normal)]);
        Assert.Equal([1, 3, 0], folder.Load().Encode("xyzx"));
    }

    [Fact]
    public void A_run_of_unknown_characters_is_one_unknown_token_without_byte_fallback()
    {
        using var folder = new TokenizerFolder().Model(Small);
        var tokenizer = folder.Load();
        Assert.Equal([1, 3, 0, 4, 0], tokenizer.Encode("中文a😀"));
        Assert.Equal(" ⁇ a ⁇ ", tokenizer.Decode([3, 0, 4, 0]));
    }

    [Fact]
    public void Unknown_characters_are_spelled_as_bytes_with_byte_fallback()
    {
        using var folder = new TokenizerFolder().Model(WithBytes(), trainer: [(3, 2), (35, true)]);
        var tokenizer = folder.Load();
        // é is C3 A9; byte b has id 9 + b.
        Assert.Equal([1, 7, 9 + 0xC3, 9 + 0xA9], tokenizer.Encode("aé"));
        Assert.Equal("aé\0", tokenizer.Decode([3, 4, 9 + 0xC3, 9 + 0xA9, 9]));
        // A byte that begins no character is one replacement character; what follows is read on.
        Assert.Equal("�é��a", tokenizer.Decode([9 + 0xC3, 9 + 0xC3, 9 + 0xA9, 9 + 0xE4, 9 + 0xB8, 4]));
    }

    [Fact]
    public void A_user_defined_symbol_is_always_one_token_and_takes_no_part_in_merges()
    {
        using var folder = new TokenizerFolder().Model([.. Small, ("bab", 0, UserDefined)]);
        // "▁", "a", "bab", "a": only "▁a" can merge, though "ab" and "ba" score higher or stand before it.
        Assert.Equal([1, 7, 9, 4], folder.Load().Encode("ababa"));
    }

    [Fact]
    public void Spaces_are_kept_or_removed_as_the_model_says()
    {
        using var kept = new TokenizerFolder().Model(Small, normalizer: [(3, true), (4, false)]);
        Assert.Equal([1, 3, 3, 7, 3], kept.Load().Encode("  a "));
        Assert.Equal("  a ", kept.Load().Decode([3, 3, 7, 3]));

        using var removed = new TokenizerFolder().Model(Small, normalizer: []);
        Assert.Equal([1, 7, 7], removed.Load().Encode("  a   a  "));
        Assert.Equal([1], removed.Load().Encode("   "));
        Assert.Equal("a", removed.Load().Decode([3, 3, 7]));

        using var noPrefix = new TokenizerFolder().Model(Small, normalizer: [(3, false), (4, false)]);
        Assert.Equal([1, 4, 7], noPrefix.Load().Encode("a a"));
        Assert.Equal(" a", noPrefix.Load().Decode([7]));

        using var suffix = new TokenizerFolder().Model(Small, trainer: [(3, 2), (24, true)]);
        Assert.Equal([1, 4, 3], suffix.Load().Encode("a"));
    }

    [Fact]
    public void Spaces_stay_spaces_where_the_model_does_not_escape_them()
    {
        using var folder = new TokenizerFolder().Model([("<unk>", 0, Unknown), (" ", -5, Normal), ("a", -5, Normal), (" a", -1, Normal)], normalizer: [(4, false), (5, false)]);
        Assert.Equal([3, 3], folder.Load().Encode("a a"));
    }

    [Fact]
    public void Words_are_merged_apart_only_where_no_piece_runs_across_a_space()
    {
        using var folder = new TokenizerFolder().Model([.. Small, ("a▁", -0.5f, Normal)]);
        // "▁a▁b": "a▁" (-0.5) goes before "▁a" (-2).
        Assert.Equal([1, 3, 9, 5], folder.Load().Encode("a b"));
    }

    [Fact]
    public void Spelling_a_control_piece_is_plain_text()
    {
        using var folder = new TokenizerFolder().Model(Small);
        Assert.Equal([1, 3, 0], folder.Load().Encode("<s>"));
    }

    [Fact]
    public void A_model_without_a_bos_piece_adds_none()
    {
        using var folder = new TokenizerFolder().Model(Small, trainer: [(3, 2), (46, "<begin>")]);
        var tokenizer = folder.Load();
        Assert.False(tokenizer.AddsBos);
        Assert.Null(tokenizer.BosId);
        Assert.Equal(2, tokenizer.EosId);
        Assert.Equal([7], tokenizer.Encode("a"));
    }

    [Fact]
    public void The_configuration_beside_a_model_decides_about_its_bos()
    {
        using var other = new TokenizerFolder().Model(Small).Write("tokenizer_config.json", """{"add_bos_token": true, "bos_token": "</s>"}""");
        Assert.Equal([2, 7], other.Load().Encode("a"));
        using var none = new TokenizerFolder().Model(Small).Write("tokenizer_config.json", """{"add_bos_token": false, "bos_token": "<s>"}""");
        Assert.Equal([7], none.Load().Encode("a"));
        Assert.Equal(1, none.Load().BosId);
    }

    [Fact]
    public void A_million_characters_without_a_space_take_seconds_at_most()
    {
        using var folder = new TokenizerFolder().Model(Small);
        var tokenizer = folder.Load();
        var watch = Stopwatch.StartNew();
        var ids = tokenizer.Encode(string.Concat(Enumerable.Repeat("ab", 500_000)));
        Assert.Equal(500_002, ids.Length);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public void Lying_models_are_refused_by_name()
    {
        Refused("byte 0x00", WithBytes().Where(piece => piece.Item1 != "<0x00>"), [(3, 2), (35, true)]);
        Refused("'a' twice", [.. Small, ("a", -1, Normal)]);
        Refused("no unknown piece", Small[1..]);
        Refused("two unknown pieces", [.. Small, ("<unk2>", 0, Unknown)]);
        Refused("0 characters (id 9)", [.. Small, ("", 0, Normal)]);
        Refused("score NaN", [.. Small, ("c", float.NaN, Normal)]);
        Refused("'<0xZZ>'", [.. Small, ("<0xZZ>", 0, Byte)]);
        Refused("Unused", [.. Small, ("c", 0, Unused)]);
        Refused("unigram", Small, [(3, 1)]);
        Refused("unigram", Small, []);
        Refused("precompiled_charsmap", Small, normalizer: [(2, new byte[] { 1, 2, 3 })]);
    }

    [Fact]
    public void A_truncated_or_altered_model_is_read_or_refused_but_never_fails_otherwise()
    {
        var bytes = TokenizerFolder.ModelBytes(WithBytes(), trainer: [(3, 2), (35, true)]);
        using var folder = new TokenizerFolder();
        Assert.Throws<BadInputException>(() => folder.Write("tokenizer.model", []).Load());
        Assert.Throws<BadInputException>(() => folder.Write("tokenizer.model", bytes[..^3]).Load());
        var random = new Random(7);
        for (var round = 0; round < 400; round++)
        {
            var altered = bytes[..(round % 2 == 0 ? random.Next(bytes.Length) : bytes.Length)];
            for (var i = 0; i < 3 && altered.Length > 0; i++)
                altered[random.Next(altered.Length)] = (byte)random.Next(256);
            folder.Write("tokenizer.model", altered);
            try
            {
                var tokenizer = folder.Load();
                tokenizer.Decode(tokenizer.Encode("ab é 中\0"));
            }
            catch (BadInputException error)
            {
                Assert.Contains("tokenizer.model", error.Message);
            }
        }
    }

    private static void Refused(string named, IEnumerable<(string, float, int)> pieces, (int, object)[]? trainer = null, (int, object)[]? normalizer = null)
    {
        using var folder = new TokenizerFolder().Model(pieces, trainer, normalizer);
        var error = Assert.Throws<BadInputException>(folder.Load);
        Assert.Contains("tokenizer.model", error.Message);
        Assert.Contains(named, error.Message);
    }
}
