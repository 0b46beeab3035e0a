using Converge.Numerics;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Tests.Authored;
using Converge.Tests;

namespace Converge.Pretraining.Tests.Corpus;

/// <summary>The data in the corpus's words that come with the program, against what training may read.</summary>
public class ShippedDataTests
{
    // A pattern tells of a text whether any training document could hold it; a document's taste may be any.
    [Theory]
    [InlineData("reviews_pocket", "sentiment")]
    [InlineData("topic_pocket", "topic")]
    [InlineData("question_pocket", "question")]
    [InlineData("subjectivity_pocket", "subjectivity")]
    [InlineData("lexicon", "translation")]
    public void No_row_can_be_a_sentence_of_the_training_text(string file, string name)
    {
        var grammar = Grammar.Embedded(name, Grammar.Embedded("common"));
        string[] rules = name == "translation" ? ["sentence"] : [.. grammar.Words("classes")];
        string[] taste = grammar.Has("taste") ? [.. grammar.Words("taste", heldOut: false)] : [];
        var bound = new Dictionary<string, IReadOnlyList<string>> { ["liked"] = taste, ["disliked"] = taste };
        var training = rules.Select(rule => SentencePattern.Of(grammar, rule, bound, heldOut: false)).ToList();
        var all = rules.Select(rule => SentencePattern.Of(grammar, rule, bound, heldOut: true)).ToList();
        var texts = File.ReadLines(Repository.PathOf("data", file + ".tsv")).Skip(1).Select(line => line.Split('\t')[0]).ToList();
        Assert.Equal(320, texts.Count);
        foreach (var text in texts)
        {
            Assert.True(all.Any(pattern => pattern.IsMatch(text)), $"'{text}' is none of the grammar's");
            Assert.True(HeldOut.Contains(text) || !training.Any(pattern => pattern.IsMatch(text)), $"training may hold '{text}'");
        }
        // The patterns know what training does hold.
        var (random, corpus) = (new RandomStream(7), new CorpusGenerator(1));
        for (int i = 0; i < 200; i++)
        {
            var text = name == "translation" ? new TranslationDocuments(grammar).Sentence(random, heldOut: false) : corpus.Task(name).Sentence(random, i % rules.Length, corpus.Task(name).Bind(random, heldOut: false), SentenceSplit.Training);
            Assert.True(!HeldOut.Contains(text) && training.Any(pattern => pattern.IsMatch(text)), text);
        }
    }
}
