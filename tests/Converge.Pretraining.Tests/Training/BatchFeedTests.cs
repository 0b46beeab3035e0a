using Converge.Pretraining.Corpus;
using Converge.Pretraining.Recipes;
using Converge.Pretraining.Tests.Authored;
using Converge.Pretraining.Training;

namespace Converge.Pretraining.Tests.Training;

/// <summary>Documents come whole, each once, in order, as many as fit.</summary>
public sealed class BatchFeedTests(TrainedFolder folder) : IClassFixture<TrainedFolder>
{
    private const int Batches = 40;

    [Fact]
    public void Batches_hold_every_document_once_and_never_more_tokens_than_they_may()
    {
        var (recipe, corpus) = (Recipe(), new CorpusGenerator(3));
        var feed = new BatchFeed(corpus, folder.Tokenizer, recipe);
        long next = 0;
        for (int i = 0; i < Batches; i++)
        {
            var batch = feed.Next(Mixtures.All);
            Assert.NotEmpty(batch.Documents);
            Assert.Equal(batch.Documents.Sum(document => document.Tokens.Length), batch.Tokens);
            Assert.InRange(batch.Tokens, 1, recipe.BatchTokens);
            foreach (var document in batch.Documents) Assert.Equal(Document(next++).Tokens, document.Tokens);
            Assert.Equal(next, feed.NextDocument);
            // The next document would have been too much.
            Assert.True(batch.Tokens + Document(next).Tokens.Length > recipe.BatchTokens);
        }

        EncodedDocument Document(long index) => EncodedDocument.Of(corpus.Draw(Mixtures.All, index), folder.Tokenizer, recipe.LongestDocument);
    }

    [Fact]
    public void A_feed_goes_on_from_any_document()
    {
        var (recipe, corpus) = (Recipe(), new CorpusGenerator(3));
        var whole = new BatchFeed(corpus, folder.Tokenizer, recipe);
        for (int i = 0; i < 10; i++)
        {
            var again = new BatchFeed(new CorpusGenerator(3), folder.Tokenizer, recipe) { NextDocument = whole.NextDocument };
            Assert.Equal(Ids(whole.Next(Mixtures.All)), Ids(again.Next(Mixtures.All)));
            Assert.Equal(whole.NextDocument, again.NextDocument);
        }
    }

    [Fact]
    public void A_document_as_long_as_the_batch_fits_alone()
    {
        var feed = new BatchFeed(new CorpusGenerator(3), folder.Tokenizer, Recipe() with { BatchTokens = 64, LongestDocument = 64 });
        Assert.Contains(Enumerable.Range(0, Batches).Select(_ => feed.Next(Mixtures.Of("sentiment") with { Sentences = 30 })), batch => batch is { Tokens: 64, Documents.Count: 1 });
    }

    [Fact]
    public void Held_out_batches_hold_held_out_documents()
    {
        var (recipe, corpus) = (Recipe(), new CorpusGenerator(3));
        var batch = new BatchFeed(corpus, folder.Tokenizer, recipe).Next(Mixtures.Of("topic"), heldOut: true);
        Assert.Equal(EncodedDocument.Of(corpus.Draw(Mixtures.Of("topic"), 0, heldOut: true), folder.Tokenizer, recipe.LongestDocument).Tokens, batch.Documents[0].Tokens);
        Assert.NotEqual(EncodedDocument.Of(corpus.Draw(Mixtures.Of("topic"), 0), folder.Tokenizer, recipe.LongestDocument).Tokens, batch.Documents[0].Tokens);
    }

    private static PretrainRecipe Recipe()
    {
        using var tiny = new TinyRecipe();
        return tiny.Read();
    }

    private static IEnumerable<int> Ids(TrainingBatch batch) => batch.Documents.SelectMany(document => document.Tokens);
}
