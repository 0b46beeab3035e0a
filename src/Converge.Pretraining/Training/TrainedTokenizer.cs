using Converge.Engine.Tokenizers;
using Converge.Engine.Tokenizers.Training;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Training;

/// <summary>A recipe's tokenizer.</summary>
internal static class TrainedTokenizer
{
    /// <summary>Trains the tokenizer on documents of the last stage and writes it into a folder.</summary>
    public static Tokenizer Make(PretrainRecipe recipe, string folder)
    {
        var corpus = new CorpusGenerator(recipe.Tokenizer.Seed);
        var mixture = recipe.Stages[^1].Mixture;
        var texts = Enumerable.Range(0, recipe.Tokenizer.Documents).Select(i => corpus.Draw(mixture, i).Text);
        TokenizerJson.WriteByteLevel(folder, BytePairTrainer.Train(texts, recipe.Tokenizer.Vocabulary));
        return Tokenizer.Load(folder);
    }
}
