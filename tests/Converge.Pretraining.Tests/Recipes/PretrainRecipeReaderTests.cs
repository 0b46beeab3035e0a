using Converge.Engine;
using Converge.Engine.Pretraining;
using Converge.Pretraining.Corpus;
using Converge.Pretraining.Recipes;
using Converge.Pretraining.Tests.Authored;
using Converge.Tests;

namespace Converge.Pretraining.Tests.Recipes;

public sealed class PretrainRecipeReaderTests
{
    [Fact]
    public void Every_key_is_read()
    {
        using var tiny = new TinyRecipe();
        var recipe = tiny.Read(
            "seed=9", "tokenizer.seed=4", "model.key_value_heads=1", "model.rope_theta=500", "model.tied=false", "initial={embedding: 0.1, linear: 0.2, residual: 0.3}",
            "optimiser={learning_rate: 0.5, beta1: 0.8, beta2: 0.7, epsilon: 0.001, weight_decay: 0.2, largest_norm: 3, muon_momentum: 0.6}",
            "schedule={warm_up: 7, decay_from: 0.1, final: 0.2}", "other_tokens=0.4", "stages.1.instructed=0.3", "stages.1.made_up=0.2", "stages.1.until={kind: words/random, loss: 0.9}");
        Assert.Equal(("tiny", 9UL, 256, 96, 0.4), (recipe.Name, recipe.Seed, recipe.BatchTokens, recipe.LongestDocument, recipe.OtherTokens));
        Assert.Equal(new TokenizerRecipe(300, 60, 4), recipe.Tokenizer);
        var model = recipe.Model;
        Assert.Equal((16, 24, 1, 2, 1, 8, 128), (model.HiddenSize, model.IntermediateSize, model.Layers, model.Heads, model.KeyValueHeads, model.HeadDim, model.MaxPositions));
        Assert.Equal((500, false, "LlamaForCausalLM"), (model.RopeTheta, model.TieWordEmbeddings, model.Architecture));
        Assert.Equal(new InitialScales(0.1, 0.2, 0.3), recipe.Initial);
        Assert.Equal(new PretrainUpdate(0.5, 0.8, 0.7, 0.001, 0.2, 3, 0.6), recipe.Optimiser);
        Assert.Equal(new RateSchedule(7, 0.1, 0.2), recipe.Schedule);
        Assert.Equal(["first", "second"], recipe.Stages.Select(stage => stage.Name));
        var second = recipe.Stages[1];
        Assert.Equal((1500, 3, 0.3, 0.2), (second.Tokens, second.Mixture.Sentences, second.Mixture.Instructed, second.Mixture.MadeUp));
        Assert.Equal([("mapping", 1.0), ("words", 1.0), ("sentiment", 1.0)], second.Mixture.Documents.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal([(LabelKind.Usual, 1.0), (LabelKind.Random, 1.0)], second.Mixture.Labels.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(new StageGate("words/random", 0.9), second.Until);
        Assert.Null(recipe.Stages[0].Until);
    }

    [Fact]
    public void What_is_not_given_has_a_default()
    {
        using var tiny = new TinyRecipe();
        File.WriteAllText(tiny["short.yaml"], "name: short\ntokenizer: {vocabulary: 259}\nmodel: {hidden: 8, intermediate: 8, layers: 1, heads: 2}\nstages:\n  - {name: a, tokens: 1, documents: {copy: 1}, labels: {usual: 1}}\n");
        var recipe = PretrainRecipeReader.Read(tiny["short.yaml"], []);
        Assert.Equal((1UL, 4096, 512, 0.3), (recipe.Seed, recipe.BatchTokens, recipe.LongestDocument, recipe.OtherTokens));
        Assert.Equal(new TokenizerRecipe(259, 20_000, 0), recipe.Tokenizer);
        Assert.Equal((2, 1024, 10000, true), (recipe.Model.KeyValueHeads, recipe.Model.MaxPositions, recipe.Model.RopeTheta, recipe.Model.TieWordEmbeddings));
        Assert.Equal(new InitialScales(0.05, 0.7, 0.2), recipe.Initial);
        Assert.Equal(new PretrainUpdate(3e-3, 0.9, 0.98, 1e-8, 0.05, 1), recipe.Optimiser);
        Assert.Equal(new RateSchedule(100, 0.5, 0.05), recipe.Schedule);
        Assert.Equal((17, 0.5, 0.5), (recipe.Stages[0].Mixture.Sentences, recipe.Stages[0].Mixture.Instructed, recipe.Stages[0].Mixture.MadeUp));
        // A key that is there without a value is as good as none, and one value of a group leaves the others as they were.
        Assert.Equal(recipe.Optimiser with { Beta1 = 0.5 }, PretrainRecipeReader.Read(tiny["short.yaml"], ["optimiser.beta1=0.5"]).Optimiser);
    }

    [Theory]
    [InlineData("seed: 3", "sed: 3", "tiny.yaml:2: unknown key 'sed' (did you mean 'seed'?).")]
    [InlineData("hidden: 16, ", "", "'model.hidden' is missing. Add a line 'hidden: ...'.")]
    [InlineData("hidden: 16", "hidden: 18", "'model.heads' 2 heads do not divide 18 into even widths. Choose a divisor.")]
    [InlineData("heads: 2", "heads: 4, key_value_heads: 3", "'model.key_value_heads' 3 does not divide 4 heads. Choose a divisor.")]
    [InlineData("layers: 1", "layers: 0", "'model.layers' 0 is out of range")]
    [InlineData("vocabulary: 300", "vocabulary: 258", "'tokenizer.vocabulary' 258 is out of range. Give a whole number from 259.")]
    [InlineData("vocabulary: 300", "vocab: 300", "'tokenizer.vocabulary' is missing")]
    [InlineData("longest_document: 96", "longest_document: 300", "'longest_document' 300 is more than an update takes. Lower it, or raise batch_tokens.")]
    [InlineData("longest_document: 96", "longest_document: 129", "'longest_document' 129 is more than the model's positions. Lower it, or raise model.positions.")]
    [InlineData("learning_rate: 0.01", "learning_rate: fast", "'optimiser.learning_rate' is 'fast', not a number")]
    [InlineData("learning_rate: 0.01", "beta1: 1", "'optimiser.beta1' 1 is out of range. Give a number from 0 and below 1.")]
    [InlineData("warm_up: 3", "decay_from: 1", "'schedule.decay_from' 1 is out of range. Give a number from 0 and below 1.")]
    [InlineData("documents: {copy: 1}", "documents: {copi: 1}", "'stages.0.documents' knows no 'copi' (did you mean 'copy'?)")]
    [InlineData("documents: {copy: 1}", "documents: {copy: -1}", "'stages.0.documents' gives 'copy' the weight '-1'. Give a number from 0.")]
    [InlineData("documents: {copy: 1}", "documents: {copy: NaN}", "'stages.0.documents' gives 'copy' the weight 'NaN'")]
    [InlineData("documents: {copy: 1}", "documents: {copy: 0}", "'stages.0.documents' weighs nothing. Give at least one a weight above 0.")]
    [InlineData("labels: {usual: 1}", "labels: {usal: 1}", "'stages.0.labels' knows no 'usal' (did you mean 'usual'?). Choose among usual, flipped, random.")]
    [InlineData("tokens: 700", "until: {kind: copy, loss: 1}", "'stages.0.tokens' is missing")]
    [InlineData("tokens: 700", "tokens: 700\n    until: {kind: copy}", "'stages.0.until.loss' is missing")]
    [InlineData("tokens: 700", "tokens: 700\n    until: {kind: copy, loss: 0}", "'stages.0.until.loss' 0 is out of range. Give a number above 0.")]
    [InlineData("tokens: 700", "tokens: 700\n    until: {kind: mapping, loss: 1}", "'stages.0.until.kind' 'mapping' is none of the stage's kinds")]
    [InlineData("tokens: 700", "tokens: 700\n    until: {kind: copy, loss: 1, los: 1}", "unknown key 'stages.0.until.los' (did you mean 'loss'?)")]
    [InlineData("name: first", "name: first\n    tokns: 3", "unknown key 'stages.0.tokns' (did you mean 'tokens'?)")]
    public void A_mistake_is_told_in_one_line_with_its_mend(string before, string after, string expected)
    {
        using var tiny = new TinyRecipe();
        var path = tiny.Write(before, after);
        var error = Assert.Throws<BadInputException>(() => PretrainRecipeReader.Read(path, []));
        Assert.Contains(expected, error.Message);
        Assert.StartsWith(path, error.Where);
        Assert.DoesNotContain('\n', error.Message);
        Assert.EndsWith(".", error.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_or_not_a_mapping_and_a_change_that_does_not_fit_are_told()
    {
        using var tiny = new TinyRecipe();
        Assert.Contains("does not exist", Assert.Throws<BadInputException>(() => PretrainRecipeReader.Read(tiny["none.yaml"], [])).Message);
        File.WriteAllText(tiny["list.yaml"], "- a\n");
        Assert.Contains("is not a mapping", Assert.Throws<BadInputException>(() => PretrainRecipeReader.Read(tiny["list.yaml"], [])).Message);
        Assert.StartsWith("--set batch_tokens=3", Assert.Throws<BadInputException>(() => tiny.Read("batch_tokens=3")).Where);
    }

    [Fact]
    public void The_recipes_of_the_repository_can_be_read()
    {
        var files = Directory.GetFiles(Repository.PathOf("recipes"), "*.yaml");
        Assert.Contains(files, file => Path.GetFileName(file) == "pocket.yaml");
        foreach (var file in files) Assert.True(PretrainRecipeReader.Read(file, []).Stages.Count > 0);
    }

    [Fact]
    public void A_stage_must_have_something_to_learn()
    {
        using var tiny = new TinyRecipe();
        string[] stories = ["other_tokens=0", "stages.0.documents={copy: 0, story: 1, facts: 1}"];
        Assert.Contains("'other_tokens' is 0, and there is a stage whose documents have no answers to learn either. Raise it, or add documents of another kind.", Assert.Throws<BadInputException>(() => tiny.Read(stories)).Message);
        tiny.Read(stories[0]);
        tiny.Read(stories[1]);
    }
}
