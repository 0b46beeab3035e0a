using System.Globalization;
using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Tokenizers;
using Converge.Numerics;
using Converge.Pretraining.Recipes;
using Converge.Pretraining.Tests.Authored;
using Converge.Pretraining.Training;

namespace Converge.Pretraining.Tests.Training;

/// <summary>A training from its recipe to its checkpoint.</summary>
public sealed class PretrainRunTests
{
    private static readonly string[] s_files = ["model.safetensors", "state.safetensors", "config.json", "tokenizer.json"];

    [Fact]
    public void A_training_that_stops_and_goes_on_ends_with_the_bytes_of_one_that_never_stopped()
    {
        using var tiny = new TinyRecipe();
        var recipe = tiny.Read("optimiser.muon_momentum=0.9");
        Train(recipe, tiny["whole"], threads: 1);
        // Within the first stage, within the second, and with other threads and validations on the way.
        Train(recipe, tiny["parts"], threads: 2, steps: 2, validate: true);
        Train(recipe, tiny["parts"], threads: 1, steps: 4);
        Train(recipe, tiny["parts"], threads: 2, validate: true);
        foreach (var file in s_files) Assert.Equal(File.ReadAllBytes(Path.Combine(tiny["whole"], file)), File.ReadAllBytes(Path.Combine(tiny["parts"], file)));
        // What was not saved is done again and changes nothing either.
        Train(recipe, tiny["lost"], threads: 1, steps: 3);
        Train(recipe, tiny["lost"], threads: 1, steps: 2, save: false);
        Train(recipe, tiny["lost"], threads: 1);
        Assert.Equal(File.ReadAllBytes(Path.Combine(tiny["whole"], "state.safetensors")), File.ReadAllBytes(Path.Combine(tiny["lost"], "state.safetensors")));
        // Another seed is another training.
        Train(recipe with { Seed = 4 }, tiny["other"], threads: 1);
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(tiny["whole"], "model.safetensors")), File.ReadAllBytes(Path.Combine(tiny["other"], "model.safetensors")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(tiny["whole"], "tokenizer.json")), File.ReadAllBytes(Path.Combine(tiny["other"], "tokenizer.json")));
    }

    [Fact]
    public void The_log_of_a_training_that_stops_between_records_is_that_of_one_that_never_stopped()
    {
        using var tiny = new TinyRecipe();
        var recipe = tiny.Read();
        void Go(string folder, int updates)
        {
            using var run = PretrainRun.Open(recipe, tiny[folder], threads: 1);
            while (!run.IsDone && run.Updates < updates)
            {
                run.Step();
                if (run.Updates % 4 == 0 || run.IsAtStageEnd) run.Record(validate: run.IsAtStageEnd);
            }
            run.Save();
        }

        Go("whole", int.MaxValue);
        // Right after a record, within a stretch twice, and before the first record.
        foreach (int updates in new[] { 2, 4, 6, 7 }) Go("parts", updates);
        string Log(string folder) => Path.Combine(tiny[folder], "training.jsonl");
        Assert.Equal([4], RecordFile.Read(Log("parts"), int.MaxValue).Select(record => record.Update));
        Go("parts", int.MaxValue);
        Assert.Equal(File.ReadAllText(Log("whole")), File.ReadAllText(Log("parts")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(tiny["whole"], "state.safetensors")), File.ReadAllBytes(Path.Combine(tiny["parts"], "state.safetensors")));
        // A record's losses are of one stage.
        Assert.All(RecordFile.Read(Log("whole"), int.MaxValue), record => Assert.Equal(record.Stage == "first", record.ByKind.ContainsKey("copy")));
    }

    [Fact]
    public void A_training_killed_while_it_saves_goes_on()
    {
        using var tiny = new TinyRecipe();
        var recipe = tiny.Read();
        Train(recipe, tiny["whole"], threads: 1);
        Train(recipe, tiny["out"], threads: 1, steps: 3);
        // The state is there and nothing that is written after it; then the log and nothing that is written after it.
        foreach (var file in new[] { "model.safetensors", "config.json", "README.md" }) File.Delete(Path.Combine(tiny["out"], file));
        Train(recipe, tiny["out"], threads: 1, steps: 1);
        File.Delete(Path.Combine(tiny["whole"], "README.md"));
        File.Copy(Path.Combine(tiny["whole"], "training.jsonl"), Path.Combine(tiny["out"], "training.jsonl"), overwrite: true);
        Train(recipe, tiny["out"], threads: 1);
        foreach (var file in s_files.Append("training.jsonl")) Assert.Equal(File.ReadAllBytes(Path.Combine(tiny["whole"], file)), File.ReadAllBytes(Path.Combine(tiny["out"], file)));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("model.safetensors.index.json")]
    public void A_folder_with_a_checkpoint_that_is_no_trainings_is_refused_and_left_as_it_was(string file)
    {
        using var tiny = new TinyRecipe();
        Directory.CreateDirectory(tiny["out"]);
        File.WriteAllText(Path.Combine(tiny["out"], file), "{}");
        var error = Assert.Throws<BadInputException>(() => PretrainRun.Open(tiny.Read(), tiny["out"], threads: 1));
        Assert.Equal($"{tiny["out"]}: holds a checkpoint without the state of a training to go on with. Give another --out, or delete the folder.", error.Message);
        Assert.Equal([file], Directory.GetFiles(tiny["out"]).Select(Path.GetFileName));
        // Anything else does not matter: a training that was killed before its first state leaves a tokenizer.
        File.Move(Path.Combine(tiny["out"], file), Path.Combine(tiny["out"], "tokenizer.json"));
        PretrainRun.Open(tiny.Read(), tiny["out"], threads: 1).Dispose();
    }

    [Fact]
    public void Where_other_tokens_do_not_count_nothing_is_said_of_their_loss()
    {
        using var tiny = new TinyRecipe();
        Train(tiny.Read("other_tokens=0"), tiny["out"], threads: 1, validate: true);
        var records = RecordFile.Read(Path.Combine(tiny["out"], "training.jsonl"), int.MaxValue);
        Assert.All(records, record => Assert.Null(record.Other));
        Assert.All(records, record => Assert.InRange(record.Validation!.Other!.Value, 1, 8));
        Assert.Contains(" | - |\n", File.ReadAllText(Path.Combine(tiny["out"], "README.md")));
    }

    [Fact]
    public void Where_no_document_has_answers_nothing_is_said_of_their_loss_and_a_batch_without_anything_that_counts_moves_no_weight()
    {
        using var tiny = new TinyRecipe();
        var recipe = tiny.Read("optimiser.weight_decay=0", "stages.0.documents={story: 1}", "stages.1.documents={story: 1}");
        Train(recipe, tiny["out"], threads: 1, steps: 2, validate: true);
        var record = RecordFile.Read(Path.Combine(tiny["out"], "training.jsonl"), int.MaxValue)[^1];
        Assert.Equal((null, null), (record.Answers, record.Validation!.Answers));
        Assert.InRange(record.Other!.Value, 1, 8);
        // No recipe is read that has nothing but such batches; among others they may come.
        Train(recipe with { OtherTokens = 0 }, tiny["none"], threads: 1, steps: 1);
        Train(recipe with { OtherTokens = 0 }, tiny["none more"], threads: 1, steps: 3);
        Assert.Equal(File.ReadAllBytes(Path.Combine(tiny["none"], "model.safetensors")), File.ReadAllBytes(Path.Combine(tiny["none more"], "model.safetensors")));
    }

    [Fact]
    public void The_log_tells_stages_rates_kinds_and_losses()
    {
        using var tiny = new TinyRecipe();
        var recipe = tiny.Read();
        Train(recipe, tiny["out"], threads: 1, validate: true);
        var records = RecordFile.Read(Path.Combine(tiny["out"], "training.jsonl"), int.MaxValue);
        Assert.Equal(Enumerable.Range(1, records.Count), records.Select(record => record.Update));
        int first = records.TakeWhile(record => record.Stage == "first").Count();
        Assert.All(records.Skip(first), record => Assert.Equal("second", record.Stage));
        Assert.All(records.Take(first), record => Assert.Equal(["copy"], record.ByKind.Keys));
        Assert.All(records.Skip(first), record => Assert.DoesNotContain("copy", record.ByKind.Keys));
        // A stage ends with the update that brings it to its tokens.
        long start = records[first - 1].Tokens;
        Assert.InRange(start, 700, 700 + 255);
        Assert.True(records[first - 2].Tokens < 700);
        Assert.InRange(records[^1].Tokens, start + 1500, start + 1500 + 255);
        Assert.True(records[^2].Tokens < start + 1500);
        Assert.All(records.Zip(records.Skip(1)), pair => Assert.InRange(pair.Second.Tokens - pair.First.Tokens, 1, 256));
        for (int i = 0; i < records.Count; i++)
        {
            // What of the last stage was done before the update decides.
            double done = i < first ? 0 : (records[i - 1].Tokens - start) / 1500.0;
            Assert.Equal(0.01 * recipe.Schedule.At(i + 1, done), records[i].LearningRate, 1e-12);
            // An untrained model knows nothing of 300 tokens: ln 300 = 5.7.
            Assert.InRange(records[i].Answers!.Value, 1, 8);
            Assert.InRange(records[i].Other!.Value, 1, 8);
            Assert.True(records[i].GradientNorm > 0 && double.IsFinite(records[i].GradientNorm));
            Assert.InRange(records[i].Validation!.Answers!.Value, 1, 8);
        }
        Assert.NotEqual(records[0].Validation, records[^1].Validation);
    }

    [Fact]
    public void The_checkpoint_is_a_hugging_face_folder_in_bfloat16()
    {
        using var tiny = new TinyRecipe();
        Train(tiny.Read(), tiny["out"], threads: 1);
        using var checkpoint = Checkpoint.Open(tiny["out"]);
        var tokenizer = Tokenizer.Load(tiny["out"]);
        Assert.Equal((300, 300), (checkpoint.Config.VocabSize, tokenizer.VocabSize));
        Assert.Equal((tokenizer.BosId, tokenizer.EosId), (checkpoint.Config.BosId, Assert.Single(checkpoint.Config.EosIds)));
        Assert.Equal((16, 24, 1, 2, 128), (checkpoint.Config.HiddenSize, checkpoint.Config.IntermediateSize, checkpoint.Config.Layers, checkpoint.Config.Heads, checkpoint.Config.MaxPositions));
        Assert.All(checkpoint.Tensors, tensor => Assert.Equal(ElementType.BF16, checkpoint.Weights.Embedding.Type));
        checkpoint.CheckFinite();
    }

    [Theory]
    [InlineData("optimiser.weight_decay=0", "AdamW, highest rate 0.01;")]
    [InlineData("optimiser.muon_momentum=0.9", "Muon for the blocks' matrices, AdamW for the rest, highest rate 0.01;")]
    public void The_card_says_what_the_model_is_and_how_it_was_trained(string change, string optimiser)
    {
        using var tiny = new TinyRecipe();
        Train(tiny.Read(change), tiny["out"], threads: 1, validate: true);
        var card = File.ReadAllText(Path.Combine(tiny["out"], "README.md"));
        var records = RecordFile.Read(Path.Combine(tiny["out"], "training.jsonl"), int.MaxValue);
        using var checkpoint = Checkpoint.Open(tiny["out"]);
        string Number(double? value) => value!.Value.ToString("0.000", CultureInfo.InvariantCulture);
        foreach (var part in new[]
        {
            "\n# tiny\n", string.Create(CultureInfo.InvariantCulture, $"A Llama of {checkpoint.TotalParameters:N0} parameters (1 layers of width 16, 2 heads, feed-forward width 24, 300 tokens, tied embeddings)"), "by seed 3:", optimiser,
            string.Create(CultureInfo.InvariantCulture, $"{records[^1].Tokens:N0} tokens in {records.Count} updates of at most 256;"), "## What it cannot do",
            $"{Number(records[^1].Validation!.Answers)} nats a token of answers, {Number(records[^1].Validation!.Other)} of other tokens",
        }) Assert.Contains(part, card);
        foreach (var stage in new[] { "first", "second" })
        {
            var last = records.Last(record => record.Stage == stage);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| {stage} | until {last.Tokens:N0} | {Number(last.Answers)} | {Number(last.Other)} |\n"), card);
        }
        Assert.DoesNotContain('\r', card);
    }

    [Fact]
    public void Operations_of_a_token_are_six_for_each_weight_that_it_is_multiplied_by()
    {
        using var tiny = new TinyRecipe();
        using var run = PretrainRun.Open(tiny.Read(), tiny["out"], threads: 1);
        // q, k, v and o of 16 by 16, three of 16 by 24, the head of 300 by 16.
        Assert.Equal(6 * (4 * 256 + 3 * 384 + 4800), run.FlopsPerToken);
    }

    [Fact]
    public void A_gate_ends_its_stage_after_a_hundred_batches_once_the_loss_of_its_kind_is_low()
    {
        using var tiny = new TinyRecipe();
        long Tokens(double loss, string kind)
        {
            var recipe = tiny.Read("batch_tokens=64", "longest_document=64", "stages.0.tokens=7000", "stages.0.documents={copy: 3, story: 1}", $"stages.0.until={{kind: {kind}, loss: {loss}}}");
            using var run = PretrainRun.Open(recipe, tiny[$"out-{loss}-{kind}"], threads: 1);
            while (true)
            {
                run.Step();
                if (run.Record(validate: false).Stage == "second") return run.Records[^2].Tokens;
            }
        }

        // Below any loss there is, the stage ends with the first batch beyond the hundredth of 64 tokens; above, with its own 7000 tokens; stories have no answers.
        Assert.InRange(Tokens(100, "copy"), 6401, 6464);
        Assert.InRange(Tokens(1e-6, "copy"), 7000, 7063);
        Assert.InRange(Tokens(100, "story"), 7000, 7063);
    }

    [Fact]
    public void The_folder_of_another_recipe_is_refused_and_left_as_it_was()
    {
        using var tiny = new TinyRecipe();
        Train(tiny.Read(), tiny["out"], threads: 1, steps: 1);
        Dictionary<string, byte[]> Files() => Directory.GetFiles(tiny["out"]).ToDictionary(file => file, File.ReadAllBytes);
        var before = Files();
        Assert.Equal(7, before.Count);
        // Another tokenizer, another shape, another seed.
        foreach (var change in new[] { "tokenizer.vocabulary=290", "model.layers=2", "seed=5" })
        {
            var error = Assert.Throws<BadInputException>(() => PretrainRun.Open(tiny.Read(change), tiny["out"], threads: 1));
            Assert.Contains("belongs to a training with another recipe", error.Message);
            Assert.Equal(before, Files());
        }
    }

    [Fact]
    public void A_damaged_state_is_told_and_left_as_it_was()
    {
        using var tiny = new TinyRecipe();
        Train(tiny.Read(), tiny["out"], threads: 1, steps: 1);
        var state = Path.Combine(tiny["out"], "state.safetensors");
        byte[] whole = File.ReadAllBytes(state), half = whole[..(whole.Length / 2)];
        File.WriteAllBytes(state, half);
        Assert.Equal(state, Assert.Throws<BadInputException>(() => PretrainRun.Open(tiny.Read(), tiny["out"], threads: 1)).Where);
        Assert.Equal(half, File.ReadAllBytes(state));
        // A checkpoint in the state's place has no notes.
        File.Copy(Path.Combine(tiny["out"], "model.safetensors"), state, overwrite: true);
        Assert.Contains("does not say where the training stood", Assert.Throws<BadInputException>(() => PretrainRun.Open(tiny.Read(), tiny["out"], threads: 1)).Message);
    }

    private static void Train(PretrainRecipe recipe, string folder, int threads, int steps = int.MaxValue, bool validate = false, bool save = true)
    {
        using var run = PretrainRun.Open(recipe, folder, threads);
        for (int i = 0; i < steps && !run.IsDone; i++)
        {
            run.Step();
            run.Record(validate);
        }
        if (save) run.Save();
    }
}
