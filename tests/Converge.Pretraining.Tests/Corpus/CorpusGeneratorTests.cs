using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;

namespace Converge.Pretraining.Tests.Corpus;

public sealed class CorpusGeneratorTests
{
    private const int Documents = 400;

    [Fact]
    public void A_document_is_a_function_of_seed_and_index_alone()
    {
        var (one, other, third) = (new CorpusGenerator(11), new CorpusGenerator(11), new CorpusGenerator(12));
        var (forwards, backwards) = (new string[Documents], new string[Documents]);
        for (int i = 0; i < Documents; i++) forwards[i] = Shown(one.Draw(Mixtures.All, i));
        for (int i = Documents - 1; i >= 0; i--)
        {
            // What else is drawn in between does not matter.
            other.Draw(Mixtures.Of("story"), 3 * i);
            backwards[i] = Shown(other.Draw(Mixtures.All, i));
        }
        Assert.Equal(forwards, backwards);
        Assert.True(forwards.Distinct().Count() > 0.99 * Documents);
        Assert.True(forwards.Where((text, i) => text != Shown(third.Draw(Mixtures.All, i))).Count() > 0.99 * Documents);
    }

    [Fact]
    public void Documents_and_episodes_of_a_seed_have_nothing_in_common_with_each_other_or_with_the_key_of_its_weights()
    {
        double[] First(RandomStream random) => [random.NextDouble(), random.NextDouble(), random.NextDouble()];
        var streams = Enumerable.Range(0, 50).SelectMany(i => new[] { First(RandomStreams.Open(1, StreamName.Document, i)), First(RandomStreams.Open(1, StreamName.Episode, i)), First(RandomStreams.Open(2, StreamName.Document, i)), First(new RandomStream(1, (ulong)i)) }).ToList();
        Assert.Equal(3 * streams.Count, streams.SelectMany(numbers => numbers).Distinct().Count());
        // Its kind is what a document draws first.
        var corpus = new CorpusGenerator(1);
        var mixture = Mixtures.Of("story", "copy");
        for (int i = 0; i < 50; i++) Assert.Equal(RandomStreams.Open(1, StreamName.Document, i).NextDouble() < 0.5 ? "story" : "copy", corpus.Draw(mixture, i).Kind);
    }

    [Fact]
    public void Stories_for_measuring_may_use_names_that_are_held_out()
    {
        var corpus = new CorpusGenerator(1);
        bool Named(bool heldOut) => Enumerable.Range(0, 300).Any(i => Tasks.Common.Words("name", heldOut: true).Any(name => corpus.Draw(Mixtures.Of("story"), i, heldOut).Text.Contains(name, StringComparison.Ordinal)));
        Assert.Equal((false, true), (Named(false), Named(true)));
    }

    [Fact]
    public void Kinds_come_as_often_as_the_mixture_says_and_others_never()
    {
        var mixture = Mixtures.All with { Documents = [KeyValuePair.Create("copy", 3.0), KeyValuePair.Create("story", 1.0), KeyValuePair.Create("cipher", 0.0)] };
        var corpus = new CorpusGenerator(1);
        var counts = Enumerable.Range(0, 2000).Select(i => corpus.Draw(mixture, i).Kind).CountBy(kind => kind).ToDictionary();
        Assert.Equal(["copy", "story"], counts.Keys.Order());
        Assert.InRange(counts["copy"] / 2000.0, 0.75 - 0.039, 0.75 + 0.039);
    }

    [Fact]
    public void Labels_of_few_shot_documents_come_as_often_as_the_mixture_says()
    {
        var corpus = new CorpusGenerator(1);
        var counts = Enumerable.Range(0, 2000).Select(i => corpus.Draw(Mixtures.Of("sentiment"), i).Kind).CountBy(kind => kind).ToDictionary();
        Assert.Equal(["sentiment/flipped", "sentiment/random", "sentiment/usual"], counts.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(counts["sentiment/random"] / 2000.0, 0.5 - 0.045, 0.5 + 0.045);
        Assert.InRange(counts["sentiment/usual"] / 2000.0, 0.25 - 0.039, 0.25 + 0.039);
    }

    [Fact]
    public void Documents_of_every_kind_can_be_drawn_and_hold_as_many_sentences_as_the_mixture_allows()
    {
        var corpus = new CorpusGenerator(1);
        foreach (var kind in CorpusGenerator.Kinds)
        {
            var (counts, answers) = (new HashSet<int>(), 0);
            for (int i = 0; i < 150; i++)
            {
                var document = corpus.Draw(Mixtures.Of(kind), i);
                Assert.Equal(kind, document.Kind.Split('/')[0]);
                Assert.NotEqual("", document.Text);
                Assert.Equal(kind is not ("story" or "facts"), document.Parts.Count > 1);
                Assert.All(document.Parts.Where(part => part.IsAnswer), part => Assert.StartsWith(" ", part.Text));
                counts.Add(document.Parts.Count / 2);
                answers += document.Parts.Count(part => part.IsAnswer);
            }
            Assert.Equal(CorpusGenerator.HasAnswers(kind), answers > 0);
            int[] expected = kind switch
            {
                "mapping" => [2, 4, 6, 8, 10, 12],
                _ when Tasks.OfWords.Contains(kind) => [2, 4, 6, 8, 10, 12],
                "copy" => [1, 2, 3],
                "story" or "facts" => [0],
                "cipher" => [.. counts.Order()],
                _ => [1, 2, 3, 4, 5, 6],
            };
            Assert.Equal(expected, counts.Order());
        }
    }

    [Fact]
    public void Held_out_documents_of_tasks_hold_no_sentence_of_the_training_text()
    {
        var corpus = new CorpusGenerator(1);
        var mixture = Mixtures.Of("words") with { Sentences = 20 };
        HashSet<string> Inputs(bool heldOut) => [.. Enumerable.Range(0, 100).SelectMany(i => corpus.Draw(mixture, i, heldOut).Parts.Where((_, at) => at % 2 == 0).Select(part => part.Text.Trim('\n').Replace("Input: ", "").Replace("Word: ", "").Split(' ', '\n')[0]))];
        var (training, heldOut) = (Inputs(false), Inputs(true));
        Assert.True(training.Count > 100 && heldOut.Count > 30);
        Assert.Empty(training.Intersect(heldOut));
    }

    private static string Shown(Document document) => $"{document.Kind}: {string.Concat(document.Parts.Select(part => part.IsAnswer ? $"[{part.Text}]" : part.Text))}";
}
