using System.Text;
using Converge.Engine.Tokenizers;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Tokenizers;

/// <summary>What holds for every text.</summary>
public sealed class TokenizerPropertyTests
{
    // Letters, spaces, digits, marks, NUL, the visible space, characters beyond the basic plane, and spellings of special tokens.
    private static readonly string[] Bits =
        ["a", "b", "ab", " ", "  ", "\n", "\t", "7", "42", ".", "'s", "é", "e\u0301", "\u00A0", "\0", "▁", "中", "😀", "𝒜", "\uFFFD", "\U0010FFFF", "<", "s>", "<0x41>", "Ġ"];

    private static Arbitrary<string> Texts() => Arb.From(Gen.Elements(Bits).ListOf().Select(string.Concat));

    [Fact]
    public void Byte_level_text_comes_back_as_it_was()
    {
        using var folder = new TokenizerFolder();
        TokenizerJson.WriteByteLevel(folder.Path);
        var tokenizer = folder.Load();
        string There(string text) => tokenizer.Decode(tokenizer.Encode(text, addSpecial: false), skipSpecial: false);
        Prop.ForAll(Texts(), text => There(text) == text).QuickCheckThrowOnFailure();
        // Any string at all: what is not valid Unicode comes back as UTF-8 would have it.
        Prop.ForAll(ArbMap.Default.ArbFor<char[]>(), units => There(new string(units)) == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(units))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Byte_level_ids_are_the_bytes_of_the_text()
    {
        using var folder = new TokenizerFolder();
        TokenizerJson.WriteByteLevel(folder.Path);
        var tokenizer = folder.Load();
        Assert.Equal((TokenizerJson.ByteLevelVocabSize, 1, 2, 0, true), (tokenizer.VocabSize, tokenizer.BosId, tokenizer.EosId, tokenizer.UnknownId, tokenizer.AddsBos));
        Prop.ForAll(Texts().Filter(text => !text.Contains("<s>")), text => tokenizer.Encode(text).SequenceEqual([1, .. Encoding.UTF8.GetBytes(text).Select(value => 3 + value)])).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_surrogate_without_its_partner_counts_as_the_replacement_character()
    {
        using var folder = new TokenizerFolder();
        TokenizerJson.WriteByteLevel(folder.Path);
        var tokenizer = folder.Load();
        Assert.Equal(tokenizer.Encode("a\uFFFDb\uFFFD"), tokenizer.Encode("a\uD800b\uDC00"));
    }

    [Fact]
    public void Merging_gives_what_the_definition_gives()
    {
        // The definition: find the earliest rule that applies anywhere, merge its leftmost pair, start again.
        static List<string> ByDefinition(string text, List<(string Left, string Right)> rules)
        {
            var symbols = text.EnumerateRunes().Select(rune => rune.ToString()).ToList();
            while (true)
            {
                var best = Enumerable.Range(0, Math.Max(0, symbols.Count - 1))
                    .Select(i => (Rank: rules.IndexOf((symbols[i], symbols[i + 1])), At: i)).Where(pair => pair.Rank >= 0).DefaultIfEmpty((Rank: -1, At: -1)).Min();
                if (best.At < 0)
                    return symbols;
                symbols[best.At] += symbols[best.At + 1];
                symbols.RemoveAt(best.At + 1);
            }
        }

        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            string[] letters = ["a", "b", "c", "▁"];
            var tokens = letters.ToList();
            var rules = new List<(string, string)>();
            while (rules.Count < 12)
            {
                var rule = (tokens[random.Next(tokens.Count)], tokens[random.Next(tokens.Count)]);
                // In half of the vocabularies no token runs across a space, so that words are merged apart.
                if (rules.Contains(rule) || (seed % 2 == 0 && rule.Item2[0] == '▁' && rule.Item1[^1] != '▁'))
                    continue;
                rules.Add(rule);
                if (!tokens.Contains(rule.Item1 + rule.Item2))
                    tokens.Add(rule.Item1 + rule.Item2);
            }
            using var folder = new TokenizerFolder().Json([.. tokens], [.. rules.Select(rule => $"{rule.Item1} {rule.Item2}")]);
            var tokenizer = folder.Load();
            for (var round = 0; round < 20; round++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => letters[random.Next(4)]));
                Assert.Equal(ByDefinition(text, rules), tokenizer.Encode(text).Select(tokenizer.Piece));
            }
        }
    }

    [Fact]
    public void Many_threads_get_the_ids_that_one_gets()
    {
        using var folder = new TokenizerFolder().Json(["a", "b", "▁", "ab", "▁ab"], ["a b", "▁ ab"]);
        var tokenizer = folder.Load();
        var texts = Enumerable.Range(0, 2000).Select(i => string.Concat(Enumerable.Repeat("ab▁", i % 7)) + new string('a', i % 61)).ToArray();
        var alone = texts.Select(text => folder.Load().Encode(text)).Take(100).ToArray();
        var together = texts.AsParallel().AsOrdered().Select(text => tokenizer.Encode(text)).ToArray();
        Assert.Equal(alone, together[..100]);
    }
}
