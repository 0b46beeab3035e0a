using Converge.Engine.Tokenizers.Training;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Tokenizers.Training;

/// <summary>Which merges are learnt, in which order.</summary>
public sealed class BytePairTrainerTests
{
    private const int Room = BytePairVocabulary.BaseSize + 1000;

    private static string[] Merges(IEnumerable<string> texts, int vocabSize = Room, int minimumFrequency = 2)
        => [.. BytePairTrainer.Train(texts, vocabSize, minimumFrequency).Merges.Select(merge => $"{merge.Left} {merge.Right}")];

    private static IEnumerable<string> Times(int count, string text) => Enumerable.Repeat(text, count);

    // The example of Sennrich et al. 2016, section 3.2, worked by hand. Counts at the start: es 9, st 9, we 8, lo 7, ow 7, ne 6, ew 6, wi 3, id 3, de 3, er 2.
    private static readonly string[] Sennrich = [.. Times(5, "low"), .. Times(2, "lower"), .. Times(6, "newest"), .. Times(3, "widest")];

    private static readonly string[] SennrichMerges =
    [
        "e s", // 9, as s t, but e comes first
        "es t", // 9
        "l o", // 7, as o w
        "lo w", // 7
        "e w", // 6, as n e and w est
        "n ew", // 6, as ew est: the id of the byte n is lower than that of the merged ew
        "new est", // 6
        "d est", // 3, as w i and i d
        "i dest", // 3, as w i
        "w idest", // 3
        "e r", // 2, as low e
        "low er", // 2, and no pair is left
    ];

    [Fact]
    public void Merges_are_those_worked_by_hand()
        => Assert.Equal(SennrichMerges, Merges(Sennrich));

    [Fact]
    public void Training_stops_at_the_vocabulary_size()
    {
        Assert.Equal(SennrichMerges[..5], Merges(Sennrich, BytePairVocabulary.BaseSize + 5));
        Assert.Empty(Merges(Sennrich, BytePairVocabulary.BaseSize));
    }

    [Fact]
    public void Training_stops_when_no_pair_is_frequent_enough()
    {
        Assert.Equal(SennrichMerges[..10], Merges(Sennrich, minimumFrequency: 3));
        Assert.Equal(SennrichMerges[..2], Merges(Sennrich, minimumFrequency: 9));
        Assert.Empty(Merges(Sennrich, minimumFrequency: 10));
        Assert.Empty(Merges([]));
        Assert.Empty(Merges(["", "x"], minimumFrequency: 1));
    }

    [Fact]
    public void Equal_counts_go_by_the_ids_of_the_left_then_of_the_right_token()
    {
        // A space is byte 32, below any letter, though the character Ġ that it is written as is above them.
        Assert.Equal(["Ġ a", "Ġa b"], Merges(Times(2, " ab")));
        Assert.Equal(["a b", "a c"], Merges(["ac", "ac", "ab", "ab"]));
        // é is C3 A9 and ł is C5 82: bytes decide, not the characters that they are written as.
        Assert.Equal(["Ã ©", "Å Ĥ"], Merges(["ł", "ł", "é", "é"]));
    }

    [Fact]
    public void Pairs_that_overlap_count_each_and_merge_from_the_left()
    {
        Assert.Equal(["a a"], Merges(["aaaaa"]));
        // aa aa a: the pairs aa aa and aa a occur once each, and a has the lower id.
        Assert.Equal(["a a", "aa a", "aa aaa"], Merges(["aaaaa"], minimumFrequency: 1));
        // aa occurs twice in aaa, b c three times: the overlap does not count as three.
        Assert.Equal(["b c", "a a"], Merges(["aaa", "bc", "bc", "bc"]));
    }

    [Fact]
    public void No_merge_crosses_the_end_of_a_word_or_of_a_text()
    {
        // Words are "go", "'s", " go", "42", "!!" and " 42": letters, digits and signs never join. Counts: 42 5, go 4, !! 3, the others 2.
        Assert.Equal(["4 2", "g o", "! !", "Ġ 42", "Ġ go", "' s"], Merges(["go's go42!! 42", "go's go42!! 42", "42!!"]));
        Assert.Empty(Merges(["a", "b", "a", "b", "a", "b"]));
    }

    [Fact]
    public void The_order_of_texts_does_not_matter()
    {
        var texts = Enumerable.Range(0, 400).Select(seed => Corpus.Sentence(new Random(seed))).ToArray();
        var merges = Merges(texts);
        Assert.True(merges.Length > 200);
        Assert.Equal(merges, Merges(texts.Reverse()));
        Assert.Equal(merges, Merges(texts.OrderBy(text => text, StringComparer.Ordinal)));
    }

    [Fact]
    public void Merges_are_what_the_definition_gives()
    {
        var texts = Gen.Elements("a", "b", "c", "aa", "ab", " ", "\n", "é").ListOf().Select(string.Concat).ListOf();
        Prop.ForAll(Arb.From(texts), Gen.Choose(1, 3).ToArbitrary(), (some, minimum) =>
            Merges(some, minimumFrequency: minimum).SequenceEqual(ByDefinition(some, minimum))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Sizes_out_of_range_are_refused()
    {
        Assert.Contains("258", Assert.Throws<BadInputException>(() => Merges(Sennrich, 258)).Message);
        Assert.Throws<BadInputException>(() => Merges(Sennrich, int.MaxValue));
        Assert.Throws<BadInputException>(() => Merges(Sennrich, minimumFrequency: 0));
    }

    // Counts every pair of every word anew for every merge. A word: letters with the space before them, or white space.
    private static List<string> ByDefinition(IEnumerable<string> texts, int minimum)
    {
        var ids = BytePairVocabulary.Bytes.Tokens.ToList();
        var words = texts.SelectMany(Corpus.Words).ToList();
        var merges = new List<string>();
        while (words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair).Where(group => group.Count() >= minimum)
            .OrderByDescending(group => group.Count()).ThenBy(group => ids.IndexOf(group.Key.First)).ThenBy(group => ids.IndexOf(group.Key.Second)).FirstOrDefault() is { } best)
        {
            var (left, right) = best.Key;
            merges.Add($"{left} {right}");
            ids.Add(left + right);
            foreach (var word in words)
                for (var i = 0; i + 1 < word.Count; i++)
                    if (word[i] == left && word[i + 1] == right)
                    {
                        word[i] += right;
                        word.RemoveAt(i + 1);
                    }
        }
        return merges;
    }
}
