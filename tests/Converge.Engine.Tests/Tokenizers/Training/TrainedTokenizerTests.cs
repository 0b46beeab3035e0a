using System.Text;
using System.Text.Json.Nodes;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tokenizers.Training;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Tokenizers.Training;

/// <summary>A trained vocabulary as a tokenizer that is written and read back.</summary>
public sealed class TrainedTokenizerTests
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 300).Select(seed => Corpus.Sentence(new Random(seed)))];

    private static Tokenizer Trained(TokenizerFolder folder, int vocabSize)
    {
        TokenizerJson.WriteByteLevel(folder.Path, BytePairTrainer.Train(Texts, vocabSize));
        return folder.Load();
    }

    [Fact]
    public void Ids_are_special_tokens_then_bytes_then_merges_in_order()
    {
        var vocabulary = BytePairTrainer.Train(Texts, 400);
        Assert.Equal((400, 400 - 259), (vocabulary.Tokens.Count, vocabulary.Merges.Count));
        Assert.Equal(["<unk>", "<s>", "</s>", "Ā"], vocabulary.Tokens.Take(4));
        Assert.Equal(("Ġ", "a", "ÿ"), (vocabulary.Tokens[3 + 32], vocabulary.Tokens[3 + 'a'], vocabulary.Tokens[3 + 255]));
        Assert.Equal(vocabulary.Merges.Select(merge => merge.Left + merge.Right), vocabulary.Tokens.Skip(BytePairVocabulary.BaseSize));

        using var folder = new TokenizerFolder();
        TokenizerJson.WriteByteLevel(folder.Path, vocabulary);
        var tokenizer = folder.Load();
        Assert.Equal(vocabulary.Tokens, Enumerable.Range(0, tokenizer.VocabSize).Select(tokenizer.Piece));
        Assert.Equal((1, 2, 0, true), (tokenizer.BosId, tokenizer.EosId, tokenizer.UnknownId, tokenizer.AddsBos));
    }

    [Fact]
    public void Text_is_encoded_by_the_merges_that_were_learnt()
    {
        using var folder = new TokenizerFolder();
        // ab merges, then Ġ ab; 'b a' never does.
        TokenizerJson.WriteByteLevel(folder.Path, BytePairTrainer.Train(["ab ab ab", "ab ab"], 1000));
        var tokenizer = folder.Load();
        Assert.Equal(["<s>", "ab", "Ġab", "Ġ", "b", "ab"], tokenizer.Encode("ab ab bab").Select(tokenizer.Piece));
    }

    [Fact]
    public void Any_text_comes_back_as_it_was()
    {
        using var folder = new TokenizerFolder();
        var tokenizer = Trained(folder, 600);
        string There(string text) => tokenizer.Decode(tokenizer.Encode(text, addSpecial: false), skipSpecial: false);
        foreach (var text in (string[])["", "ka lo mi", "😀👩‍👩‍👧 ka\tlo", "</s>kalo<s>", "Ġka Ā<unk", "<0x41>", "\0\r\n  \u00A0", "e\u0301 中 𝒜", .. Texts])
            Assert.Equal(text, There(text));
        Prop.ForAll(ArbMap.Default.ArbFor<char[]>(), units => There(new string(units)) == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(units))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Half_a_surrogate_pair_is_learnt_as_the_replacement_character()
        => Assert.Equal(BytePairTrainer.Train(["\uFFFD", "\uFFFDa"], 1000).Merges, BytePairTrainer.Train(["\uD83D", "\uDE00a"], 1000).Merges);

    [Fact]
    public void A_larger_vocabulary_needs_fewer_tokens()
    {
        using var folder = new TokenizerFolder();
        var bytes = Texts.Sum(Encoding.UTF8.GetByteCount);
        var counts = new[] { 259, 260, 300, 400, 600 }.Select(size => Trained(folder, size)).Select(tokenizer => Texts.Sum(text => tokenizer.Encode(text, addSpecial: false).Length)).ToArray();
        Assert.Equal(bytes, counts[0]);
        for (var i = 1; i < counts.Length; i++)
            Assert.True(counts[i] < counts[i - 1], $"{counts[i]} tokens after {counts[i - 1]}");
        Assert.True(3 * counts[^1] < bytes);
    }

    [Fact]
    public void Files_are_the_same_for_the_same_texts()
    {
        using TokenizerFolder one = new(), two = new();
        Assert.Equal(Trained(one, 500).Digest, Trained(two, 500).Digest);
    }

    [Fact]
    public void Merges_are_written_as_pairs()
    {
        using var folder = new TokenizerFolder();
        TokenizerJson.WriteByteLevel(folder.Path, new BytePairVocabulary([("a", "b"), ("Ġ", "ab")]));
        var model = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "tokenizer.json")))!["model"]!;
        Assert.Equal("""[["a","b"],["\u0120","ab"]]""", model["merges"]!.ToJsonString());
        Assert.Equal((259, 260), ((int)model["vocab"]!["ab"]!, (int)model["vocab"]!["Ġab"]!));
    }

    [Fact]
    public void Merges_that_contradict_themselves_are_refused()
    {
        (string, string)[][] wrong = [[("ab", "c")], [("a", "中")], [("a", "b"), ("a", "b")], [("a", "b"), ("b", "c"), ("a", "bc"), ("ab", "c")], [("<s>", "a")], [("", "a")], [("<", "s"), ("<s", ">")]];
        foreach (var merges in wrong)
            Assert.Throws<ArgumentException>(() => new BytePairVocabulary(merges));
    }
}
