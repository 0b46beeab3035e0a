using Converge.Engine.Tokenizers;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Training;

/// <summary>Packs whole documents into batches: no padding, and no token sees a neighbouring document.</summary>
internal sealed class BatchFeed(CorpusGenerator corpus, Tokenizer tokenizer, PretrainRecipe recipe)
{
    /// <summary>The index of the next document.</summary>
    public long NextDocument { get; set; }

    /// <summary>The next batch of a mixture: as many documents as fit.</summary>
    public TrainingBatch Next(CorpusMixture mixture, bool heldOut = false)
    {
        var documents = new List<EncodedDocument>();
        for (int tokens = 0; ; NextDocument++)
        {
            var document = EncodedDocument.Of(corpus.Draw(mixture, NextDocument, heldOut), tokenizer, recipe.LongestDocument);
            tokens += document.Tokens.Length;
            if (tokens > recipe.BatchTokens) return new TrainingBatch(documents);
            documents.Add(document);
        }
    }
}
