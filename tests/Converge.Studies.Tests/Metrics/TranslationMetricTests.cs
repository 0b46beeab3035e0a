using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Tables;

namespace Converge.Tests.Metrics;

/// <summary>chrF and BLEU, worked by hand.</summary>
public class TranslationMetricTests
{
    [Fact]
    public void Chrf_averages_precision_and_recall_over_the_orders_that_both_have()
    {
        // n = 1: 2 of 2 and 2 of 3; n = 2: 1 of 1 and 1 of 2. P = 1, R = 7/12, F2 = 5 P R / (4 P + R) = 7/11; the other way round R = 1, P = 7/12.
        Assert.Equal(7 / 11.0, CharacterFScore.Of("ab", "abc"), 1e-15);
        Assert.Equal(5 * 7 / 12.0 / (4 * 7 / 12.0 + 1), CharacterFScore.Of("abc", "ab"), 1e-15);
        // Counted as often as both have it. n = 1: 2 of 3 and 2 of 2; n = 2: 1 of 2 and 1 of 1.
        Assert.Equal(7 / 8.0, CharacterFScore.Of("aaa", "aa"), 1e-15);
        // Seven characters: n-grams up to six count, and their order does.
        Assert.Equal(1, CharacterFScore.Of("abcdefg", "abcdefg"), 1e-15);
        Assert.Equal(CharacterFScore.Of("ab cd", "abcd"), CharacterFScore.Of("a\tbcd", "ab\ncd"), 1e-15);
        // Both characters, but not their pair.
        Assert.Equal(0.5, CharacterFScore.Of("ba", "ab"), 1e-15);
        Assert.Equal(0, CharacterFScore.Of("xyz", "abc"));
        Assert.Equal(0, CharacterFScore.Of("", "abc"));
        Assert.Equal(0, CharacterFScore.Of("AB", "ab"));
        // A character outside the basic plane is one, not two.
        Assert.Equal(CharacterFScore.Of("ab", "ac"), CharacterFScore.Of("\U0001F600b", "\U0001F600c"), 1e-15);
    }

    [Fact]
    public void Bleu_of_a_sentence_clips_counts_and_smooths_longer_n_grams()
    {
        // Papineni et al.'s example: "the" is in the reference twice. Of 6, 5 and 4 longer n-grams none is.
        Assert.Equal(Math.Pow(2 / 7.0 * (1 / 7.0) * (1 / 6.0) * (1 / 5.0), 0.25), Bleu.OfSentence("the the the the the the the", "the cat is on the mat"), 1e-12);
        // Two of three words, one of two pairs; no four words, so that only the added one is left. Two words fewer than the reference: exp(1 - 5/3).
        Assert.Equal(Math.Pow(2 / 3.0 * (2 / 3.0) * (1 / 2.0) * (1 / 1.0), 0.25) * Math.Exp(1 - 5 / 3.0), Bleu.OfSentence("a b x", "a b c d e"), 1e-12);
        Assert.Equal(1, Bleu.OfSentence("a b c d e", "a b c d e"), 1e-15);
        // A mark is a word of its own, with or without a space.
        Assert.Equal(1, Bleu.OfSentence("p\u0159\u00edli\u0161 \u017elu\u0165, ano!", "p\u0159\u00edli\u0161 \u017elu\u0165 , ano !"), 1e-15);
        Assert.Equal(0, Bleu.OfSentence("x", "a"));
        Assert.Equal(0, Bleu.OfSentence("", "a"));
    }

    [Fact]
    public void Bleu_of_a_corpus_adds_counts_and_lengths_and_smooths_nothing()
    {
        // Words 4 + 3 of 4 + 4; pairs 3 + 1 of 3 + 2... precisions (4 + 2) / 7, (3 + 1) / 5, (2 + 0) / 3, 1 / 1; 7 words for 9.
        Assert.Equal(Math.Pow(6 / 7.0 * (4 / 5.0) * (2 / 3.0), 0.25) * Math.Exp(1 - 9 / 7.0), Bleu.OfCorpus([("a b c d", "a b c d"), ("e f x", "e f g h i")]), 1e-12);
        Assert.Equal(0, Bleu.OfCorpus([("a b c", "a b c")]));
    }

    [Fact]
    public void A_condition_that_decodes_the_references_has_one_and_another_has_less()
    {
        var units = Enumerable.Range(0, 6).Select(run => PlantedUnits.Translation(PlantedUnits.OppositeDirections, run, (_, _) => -1)).Select(unit =>
        {
            string[] right = [.. ((ReferenceAnswers)unit.Answers).Texts.Select(text => text.Trim())];
            return unit with { Decoded = [new(Condition.Anchor, [.. right.Select(_ => "")]), new(Condition.Icl, right), new(Condition.It, [right[0], .. right.Skip(1).Select(_ => "\u2603")])] };
        });
        var results = StudyResults.FromUnits(units, new ResultOptions { Study = "s" });
        double? Mean(string pair, string metric) => results.Summaries.Single(one => one.Key.Pair == pair && one.Key.Metric == metric).Estimate.Mean;
        Assert.Equal([0.0, 1, 1.0 / PlantedUnits.Queries], ((string[])["anchor", "icl", "it"]).Select(condition => Mean(condition, MetricNames.Chrf)!.Value));
        Assert.Equal([0.0, 1, 1.0 / PlantedUnits.Queries], ((string[])["anchor", "icl", "it"]).Select(condition => Mean(condition, MetricNames.SentenceBleu)!.Value));
        Assert.Equal(1, Mean("icl_minus_anchor", MetricNames.Chrf)!.Value, 1e-15);
        Assert.Equal(1 - 1.0 / PlantedUnits.Queries, Mean("icl_minus_it", MetricNames.Chrf)!.Value, 1e-15);
    }
}
