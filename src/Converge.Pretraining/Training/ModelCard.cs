using System.Globalization;
using System.Text;
using Converge.Engine;
using Converge.Engine.Model;
using Converge.Pretraining.Recipes;

namespace Converge.Pretraining.Training;

/// <summary>The checkpoint's <c>README.md</c>: what the model is, how it was trained and what it cannot do.</summary>
internal static class ModelCard
{
    /// <summary>Writes or replaces the card.</summary>
    public static void Write(string folder, PretrainRecipe recipe, ModelConfig config, long parameters, IReadOnlyList<TrainingRecord> records)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            ---
            library_name: transformers
            pipeline_tag: text-generation
            language: en
            ---
            # {recipe.Name}

            A Llama of {parameters:N0} parameters ({config.Layers} layers of width {config.HiddenSize}, {config.Heads} heads, feed-forward width {config.IntermediateSize}, {config.VocabSize:N0} tokens{(config.TieWordEmbeddings ? ", tied embeddings" : "")}), trained from scratch by
            `converge pretrain` so that in-context learning can be studied without downloading anything.

            ## Data
            Documents drawn from grammars that come with the program, by seed {recipe.Seed}: labelled sentences in few-shot form (sentiment, topic, kind of question and others) whose
            label words are drawn afresh for most documents, word-by-word translation into an invented language, symbols to be mapped and copied, and short stories.
            No text by anyone else went into it. A share of words, templates, sentences and label words was held out for measuring.

            ## Training
            {records[^1].Tokens:N0} tokens in {records[^1].Update:N0} updates of at most {recipe.BatchTokens:N0}; {(recipe.Optimiser.MuonMomentum is null ? "AdamW" : "Muon for the blocks' matrices, AdamW for the rest")}, highest rate {recipe.Optimiser.LearningRate:g}; float32, stored as bfloat16.

            | stage | tokens | answers, nats a token | other tokens |
            |---|---|---|---|

            """);
        foreach (var stage in recipe.Stages)
            if (records.LastOrDefault(record => record.Stage == stage.Name) is { } last)
                text.Append(CultureInfo.InvariantCulture, $"| {stage.Name} | until {last.Tokens:N0} | {Loss(last.Answers)} | {Loss(last.Other)} |\n");
        if (records.LastOrDefault(record => record.Validation is not null)?.Validation is { } loss)
            text.Append(CultureInfo.InvariantCulture, $"\nOn documents of held-out sentences: {Loss(loss.Answers)} nats a token of answers, {Loss(loss.Other)} of other tokens.\n");
        text.Append("""

            How well it learns in context: `converge icl --model .`

            ## What it cannot do
            It knows some hundreds of English words in short sentences of a few forms and nothing of the world. It cannot hold a conversation, and what it says about real reviews,
            questions or people means nothing. Findings on it show how an experiment works; they do not carry over to large models by themselves.

            """.ReplaceLineEndings("\n"));
        AtomicFile.WriteText(Path.Combine(folder, "README.md"), text.ToString().ReplaceLineEndings("\n"));
    }
    private static string Loss(double? mean) => mean?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";
}
