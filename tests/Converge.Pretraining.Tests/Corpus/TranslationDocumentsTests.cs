using Converge.Engine;
using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

public sealed class TranslationDocumentsTests
{
    private const string Header = "input: English\noutput: Other\n= instruction\nTranslate.\n= sentence\nthe {noun} ran\nthe {noun} saw the {noun}\nnoun: cat dog cow fox ! hen\n= dictionary\n";
    private const string Entries = "the le\nran ka\nsaw mo\ncat mi\ndog wu\ncow bu\nfox li\nhen ti\n";

    [Fact]
    public void The_dictionary_has_every_word_that_a_sentence_may_hold_and_no_other()
    {
        var grammar = Grammar.Embedded("translation", Grammar.Embedded("common"));
        var (words, seen, rules) = (new HashSet<string>(), new HashSet<string>(), new Stack<string>(["sentence"]));
        while (rules.TryPop(out var rule))
        {
            if (!seen.Add(rule)) continue;
            foreach (var alternative in grammar[rule])
                for (int i = 0; i < alternative.Pieces.Count; i++)
                {
                    if (i % 2 == 1) rules.Push(alternative.Pieces[i]);
                    else words.UnionWith(alternative.Pieces[i].Split(' ', StringSplitOptions.RemoveEmptyEntries));
                }
        }
        var dictionary = grammar.Words("dictionary").Select(entry => entry.Split(' ')).ToList();
        Assert.All(dictionary, entry => Assert.Equal(2, entry.Length));
        Assert.Equal(words.Order(StringComparer.Ordinal), dictionary.Select(entry => entry[0]).Order(StringComparer.Ordinal));
        // Two words with one translation could not be told apart on the way back.
        Assert.Equal(dictionary.Count, dictionary.Select(entry => entry[1]).Distinct().Count());
    }

    [Fact]
    public void Every_sentence_is_translated_word_by_word_on_both_sides_of_the_split()
    {
        var (translation, random) = (new TranslationDocuments(Grammar.Embedded("translation", Grammar.Embedded("common"))), new RandomStream(1));
        var (training, heldOut) = (new HashSet<string>(), new HashSet<string>());
        for (int i = 0; i < 3000; i++)
        {
            training.Add(translation.Sentence(random, heldOut: false));
            heldOut.Add(translation.Sentence(random, heldOut: true));
        }
        Assert.Empty(training.Intersect(heldOut));
        foreach (var sentence in training.Concat(heldOut)) Assert.Equal(sentence.Split(' ').Length, translation.Translate(sentence).Split(' ').Length);
    }

    [Fact]
    public void A_document_follows_each_sentence_by_its_translation()
    {
        var translation = new TranslationDocuments(GrammarReader.Read("t", Header + Entries));
        Assert.Equal("le mi mo le wu", translation.Translate("the cat saw the dog"));
        var instructed = 0;
        foreach (var random in TinyTask.Streams(400))
        {
            var document = translation.Draw(random, 3, instructed: 0.5, heldOut: false);
            Assert.Equal(("translation", 6), (document.Kind, document.Parts.Count));
            if (document.Text.StartsWith("Translate.\n\n", StringComparison.Ordinal)) instructed++;
            for (int i = 0; i < 6; i += 2)
            {
                Assert.False(document.Parts[i].IsAnswer);
                var sentence = System.Text.RegularExpressions.Regex.Match(document.Parts[i].Text, "the [a-z]+ (ran|saw the [a-z]+)").Value;
                Assert.DoesNotContain("hen", sentence);
                Assert.False(HeldOut.Contains(sentence));
                Assert.Equal(new DocumentPart(" " + translation.Translate(sentence), true), document.Parts[i + 1]);
            }
        }
        Assert.InRange(instructed, 160, 240);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_document_keeps_to_the_side_of_the_split_that_is_asked_for(bool heldOut)
    {
        var translation = new TranslationDocuments(GrammarReader.Read("t", Header.Replace("input: English", "input: English ! Original").Replace("Translate.", "Translate.\n! Repeat.") + Entries));
        var (originals, repeats) = (0, 0);
        foreach (var random in TinyTask.Streams(200))
        {
            var text = translation.Draw(random, 3, instructed: 1, heldOut).Text;
            var sentences = System.Text.RegularExpressions.Regex.Matches(text, "the [a-z]+ (ran|saw the [a-z]+)").Select(match => match.Value).ToList();
            Assert.Equal(3, sentences.Count);
            Assert.All(sentences, sentence => Assert.Equal(heldOut, HeldOut.Contains(sentence) || sentence.Contains("hen", StringComparison.Ordinal)));
            if (text.Contains("Original", StringComparison.Ordinal)) originals++;
            if (text.Contains("Repeat.", StringComparison.Ordinal)) repeats++;
        }
        Assert.Equal((heldOut, heldOut), (originals > 0, repeats > 0));
    }

    [Fact]
    public void Words_without_an_entry_and_entries_that_are_no_pair_are_named()
    {
        var translation = new TranslationDocuments(GrammarReader.Read("t", Header + Entries));
        Assert.Contains("the dictionary has no 'cats'", Assert.Throws<BadInputException>(() => translation.Translate("the cats ran")).Message);
        var error = Assert.Throws<BadInputException>(() => new TranslationDocuments(GrammarReader.Read("t", Header + "the le la\n")));
        Assert.Contains("'the le la' is no entry of a dictionary", error.Message);
    }
}
