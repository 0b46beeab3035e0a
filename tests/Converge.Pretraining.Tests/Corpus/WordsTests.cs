using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

public sealed class WordsTests
{
    private const int Draws = 5000;
    private static readonly Words s_few = new(["red", "blue", "dog", "red", "cow"], ["dog", "cat"], []);

    [Fact]
    public void Words_held_out_as_labels_are_drawn_for_nothing_else()
    {
        var random = new RandomStream(1);
        Assert.Equal(["blue", "cow", "red"], Enumerable.Range(0, 200).Select(_ => s_few.Any(random, madeUp: 0)).ToHashSet().Order(StringComparer.Ordinal));
        for (int i = 0; i < 200; i++)
        {
            Assert.Empty(s_few.Labels(random, 2, madeUp: 0, heldOut: false).Intersect(["dog", "cat"]));
            Assert.Equal(["cat", "dog"], s_few.Labels(random, 2, madeUp: 0, heldOut: true).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Words_of_a_draw_differ()
    {
        var random = new RandomStream(1);
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(3, s_few.Distinct(random, 3, r => s_few.Any(r, madeUp: 0)).Distinct().Count());
            Assert.Equal(4, s_few.Labels(random, 4, madeUp: 1, heldOut: i % 2 == 0).Distinct().Count());
        }
    }

    [Fact]
    public void Made_up_words_are_two_syllables_on_the_side_of_the_split_that_is_asked_for()
    {
        var (random, closed) = (new RandomStream(1), 0);
        for (int i = 0; i < Draws; i++)
        {
            var word = s_few.MadeUp(random, heldOut: i % 2 == 0);
            Assert.Matches("^([bdfgklmnprstvz][aeiou]){2}[bdfgklmnprstvz]?$", word);
            Assert.Equal(i % 2 == 0, HeldOut.Contains(word));
            if (word.Length == 5) closed++;
        }
        Assert.InRange(closed / (double)Draws, 0.70, 0.80);
    }

    [Fact]
    public void A_word_that_there_is_is_never_made_up()
    {
        // Of two-syllable words there are too many to wait for one of a few; so that all with an e in the first syllable are taken.
        const string Consonants = "bdfgklmnprstvz", Vowels = "aeiou";
        var taken = from a in Consonants from b in Consonants from v in Vowels from end in Consonants.Select(c => c.ToString()).Append("") select $"{a}e{b}{v}{end}";
        string[][] thirds = [.. taken.Chunk(14 * 14 * 5 * 15 / 3 + 1)];
        Assert.Equal(3, thirds.Length);
        var (words, random) = (new Words(thirds[0], thirds[1], thirds[2]), new RandomStream(1));
        for (int i = 0; i < Draws; i++) Assert.NotEqual('e', words.MadeUp(random, heldOut: i % 2 == 0)[1]);
    }

    [Fact]
    public void Labels_are_all_made_up_or_all_ordinary_or_for_a_twentieth_capital_letters()
    {
        var (words, random) = (new CorpusGenerator(1).Words, new RandomStream(2));
        var (letters, madeUp) = (0, 0);
        for (int i = 0; i < Draws; i++)
        {
            string[] labels = words.Labels(random, 3, madeUp: 0.4, heldOut: false);
            Assert.Equal(3, labels.Distinct().Count());
            bool areLetters = labels.All(label => label.Length == 1 && char.IsAsciiLetterUpper(label[0]));
            Assert.True(areLetters || labels.All(label => label.Length > 1 && label.All(char.IsAsciiLetterLower)));
            if (areLetters) letters++;
            else if (labels.All(IsMadeUp)) madeUp++;
            string[] unseen = words.Labels(random, 3, madeUp: 0.5, heldOut: true);
            Assert.True(unseen.All(Tasks.Common.Words("label_words", heldOut: true).Contains) || unseen.All(label => IsMadeUp(label) && HeldOut.Contains(label)), string.Join(' ', unseen));
        }
        Assert.InRange(letters / (double)Draws, 0.05 - 0.0124, 0.05 + 0.0124);
        Assert.InRange(madeUp / (double)Draws, 0.38 - 0.028, 0.38 + 0.028);
    }

    [Fact]
    public void No_training_document_draws_a_usual_label_or_a_held_out_one_as_a_symbol()
    {
        var (corpus, random) = (new CorpusGenerator(1), new RandomStream(4));
        var forbidden = Tasks.Common.Words("label_words", heldOut: true).Concat(Tasks.All.SelectMany(name => corpus.Task(name).AllUsualLabels())).ToHashSet();
        for (int i = 0; i < Draws; i++)
        {
            Assert.DoesNotContain(corpus.Words.Any(random, madeUp: 0), forbidden);
            Assert.Empty(corpus.Words.Labels(random, 2, madeUp: 0, heldOut: false).Intersect(forbidden));
        }
    }

    [Fact]
    public void Symbols_of_training_are_no_words_that_are_held_out_in_every_grammar()
    {
        var (corpus, random) = (new CorpusGenerator(1), new RandomStream(5));
        var known = Grammar.EmbeddedNames.Select(name => Grammar.Embedded(name, Tasks.Common)).SelectMany(grammar => grammar.Rules.SelectMany(rule => grammar.Words(rule, heldOut: false))).ToHashSet();
        var drawn = Enumerable.Range(0, 4 * Draws).Select(_ => corpus.Words.Any(random, madeUp: 0)).ToHashSet();
        Assert.True(drawn.Count > 800);
        Assert.Empty(drawn.Except(known));
    }

    [Fact]
    public void No_answer_of_a_training_document_is_a_label_that_counts_as_unseen()
    {
        var (corpus, random) = (new CorpusGenerator(1), new RandomStream(6));
        var unseen = Enumerable.Range(0, 4 * Draws).SelectMany(_ => corpus.Words.Labels(random, 2, madeUp: 0.5, heldOut: true)).ToHashSet();
        // All ordinary ones, and most of the nine thousand that can be made up.
        Assert.Empty(Tasks.Common.Words("label_words", heldOut: true).Except(unseen));
        Assert.True(unseen.Count > 5000);
        var answers = Enumerable.Range(0, Draws).SelectMany(i => corpus.Draw(Mixtures.All, i).Parts.Where((part, at) => part.IsAnswer || at % 2 == 1)).SelectMany(part => part.Text.Split([' ', '\n'])).ToHashSet();
        Assert.True(answers.Count > 3000);
        Assert.Empty(unseen.Intersect(answers));
    }

    private static bool IsMadeUp(string word) => System.Text.RegularExpressions.Regex.IsMatch(word, "^([bdfgklmnprstvz][aeiou]){2}[bdfgklmnprstvz]?$");
}
