using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

public sealed class ClassificationTaskTests
{
    [Fact]
    public void Usual_labels_come_in_the_order_of_the_classes()
    {
        var random = new RandomStream(1);
        var drawn = Enumerable.Range(0, 1000).Select(_ => string.Join(' ', TinyTask.Task.UsualLabels(random))).ToHashSet();
        Assert.Equal(["fine poor", "good bad"], drawn.Order(StringComparer.Ordinal));
        Assert.Equal(["bad", "fine", "good", "poor"], TinyTask.Task.AllUsualLabels().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Classes_name_themselves_where_no_labels_are_given()
    {
        var task = new ClassificationTask(GrammarReader.Read("g", "classes: x y z\n"));
        Assert.Equal((3, "g"), (task.Classes, task.Name));
        Assert.Equal(["x", "y", "z"], task.UsualLabels(new RandomStream(1)));
        Assert.Equal(["x", "y", "z"], task.AllUsualLabels());
    }

    [Theory]
    [InlineData("Say one or two.", "one", "two")]
    [InlineData("Say one, two or three.", "one", "two", "three")]
    [InlineData("Say one, two, three or four.", "one", "two", "three", "four")]
    public void An_instruction_lists_the_labels(string expected, params string[] labels)
    {
        Assert.Equal(expected, TinyTask.Task.Instruction(new RandomStream(1), labels, heldOut: false));
    }

    [Fact]
    public void Every_instruction_of_every_task_names_every_label_once()
    {
        var (corpus, random) = (new CorpusGenerator(1), new RandomStream(2));
        foreach (var name in Tasks.OfSentences)
            for (int i = 0; i < 60; i++)
            {
                string[] labels = [.. new[] { "Zqa", "Zqb", "Zqc", "Zqd" }.Take(2 + i % 3)];
                var text = corpus.Task(name).Instruction(random, labels, heldOut: i % 2 == 0);
                foreach (var label in labels) Assert.Equal(2, text.Split(label).Length);
            }
    }

    // A writer with one or two tastes has so few sentences that none may fall to the held-out eighth.
    private static readonly Dictionary<string, IReadOnlyList<string>> s_allTastes = new() { ["liked"] = ["cold", "hot", "wet", "dry"], ["disliked"] = ["big", "tiny", "loud", "calm"] };

    [Fact]
    public void Sentences_belong_to_their_class_and_to_the_side_of_the_split_that_is_asked_for()
    {
        var random = new RandomStream(1);
        for (int i = 0; i < 2000; i++)
        {
            var bound = TinyTask.Task.Bind(random, heldOut: false);
            var training = TinyTask.Task.Sentence(random, i % 2, bound, SentenceSplit.Training);
            Assert.StartsWith(i % 2 == 0 ? "Yes " : "No ", training, StringComparison.Ordinal);
            Assert.DoesNotContain("comet", training);
            Assert.False(HeldOut.Contains(training));
            var other = TinyTask.Task.Sentence(random, i % 2, bound, SentenceSplit.HeldOut);
            Assert.True(other.Contains("comet", StringComparison.Ordinal) || HeldOut.Contains(other), other);
            Assert.Contains("comet", TinyTask.Task.Sentence(random, i % 2, bound, SentenceSplit.NewWording));
            var sentence = TinyTask.Task.Sentence(random, i % 2, s_allTastes, SentenceSplit.NewSentence);
            Assert.True(HeldOut.Contains(sentence) && !sentence.Contains("comet", StringComparison.Ordinal), sentence);
        }
    }

    [Fact]
    public void A_document_likes_one_to_three_words_dislikes_as_many_others_and_keeps_to_them()
    {
        var (counts, sides) = (new HashSet<int>(), new HashSet<(string, bool)>());
        foreach (var random in TinyTask.Streams(300))
        {
            var bound = TinyTask.Task.Bind(random, heldOut: false);
            Assert.Equal(["disliked", "liked"], bound.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(bound["liked"].Count, bound["disliked"].Count);
            Assert.Equal(2 * bound["liked"].Count, bound["liked"].Concat(bound["disliked"]).Distinct().Count());
            counts.Add(bound["liked"].Count);
            for (int i = 0; i < 20; i++)
            {
                var word = TinyTask.Task.Sentence(random, i % 2, bound, SentenceSplit.Training).Split(' ')[^1];
                Assert.Contains(word, bound[i % 2 == 0 ? "liked" : "disliked"]);
                sides.Add((word, i % 2 == 0));
            }
        }
        Assert.Equal([1, 2, 3], counts.Order());
        // Over many documents every word is on both sides: its meaning is the document's own.
        Assert.Equal(16, sides.Count);
    }

    [Fact]
    public void Held_out_words_of_taste_and_headers_come_where_it_is_measured_and_nowhere_else()
    {
        string[] heldOut = ["mild", "salty", "Remark", "Mood"];
        HashSet<string> Drawn(bool held) =>
            [.. TinyTask.Streams(300).SelectMany(random => TinyTask.Task.Bind(random, held).Values.SelectMany(words => words).Append(TinyTask.Task.InputHeader(random, held)).Append(TinyTask.Task.OutputHeader(random, held)))];

        var training = Drawn(false);
        Assert.Equal(8 + 2, training.Count);
        Assert.Empty(training.Intersect(heldOut));
        Assert.Equal(training.Concat(heldOut).Order(), Drawn(true).Order());
    }

    [Fact]
    public void Nothing_is_bound_where_there_is_no_taste()
    {
        Assert.Empty(new ClassificationTask(GrammarReader.Read("g", "classes: x y\n")).Bind(new RandomStream(1), heldOut: true));
    }

    [Fact]
    public void A_class_that_has_no_held_out_sentence_is_named()
    {
        // Neither text falls to the held-out eighth.
        Assert.False(HeldOut.Contains("x") || HeldOut.Contains("y"));
        var task = new ClassificationTask(GrammarReader.Read("g", "classes: one two\none: x\ntwo: y\n"));
        Assert.Equal("x", task.Sentence(new RandomStream(1), 0, TinyTask.Nothing, SentenceSplit.Training));
        foreach (var split in new[] { SentenceSplit.NewSentence, SentenceSplit.NewWording, SentenceSplit.HeldOut })
            Assert.Contains($"class two for {split}", Assert.Throws<InvalidOperationException>(() => task.Sentence(new RandomStream(1), 1, TinyTask.Nothing, split)).Message);
    }
}
