using Converge.Cli.Tests.Running;
using Converge.Engine.Pretraining;

namespace Converge.Cli.Tests;

public sealed class PretrainTests
{
    /// <summary>Some 280 updates of a millisecond or two.</summary>
    internal const string Recipe = """
        name: tiny
        tokenizer: {vocabulary: 270, documents: 20}
        model: {hidden: 16, intermediate: 24, layers: 1, heads: 2, positions: 128}
        batch_tokens: 256
        longest_document: 128
        schedule: {warm_up: 5}
        stages:
          - name: only
            tokens: 60000
            documents: {copy: 1, sentiment: 1}
            labels: {usual: 1, random: 1}
            sentences: 3
        """;

    [Fact]
    public void A_training_that_is_interrupted_and_run_again_ends_with_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        var recipe = folder.Write("tiny.yaml", Recipe);
        var whole = Executable.Run("pretrain", recipe, "--out", folder["whole"], "--threads", "1", "--json").Expect(0);
        Assert.Equal(Path.Combine(folder["whole"], "model.safetensors"), (string)whole.Json["weights"]!);
        int updates = (int)whole.Json["updates"]!;
        Assert.InRange(updates, 235, 480);
        Assert.InRange((long)whole.Json["tokens"]!, 60000, 60000 + 255);
        // A line after every fifty updates and one at the end.
        Assert.Equal((updates + 49) / 50, File.ReadAllLines((string)whole.Json["training"]!).Length);
        Assert.Contains($"only {updates}: 0.0", whole.Error);
        Assert.Contains(" held out ", whole.Error);

        using var process = Executable.Start(Executable.Location, ["pretrain", recipe, "--out", folder["parts"], "--threads", "2"]);
        // Between two records, with most of the training still to come.
        string? line;
        Assert.Contains("at most 60,000 tokens in 1 stages", process.StandardError.ReadLine());
        while ((line = process.StandardError.ReadLine()) is not null && !line.StartsWith("only 50: ", StringComparison.Ordinal)) { }
        Assert.NotNull(line);
        Executable.Bash(folder.Path, $"kill -INT {process.Id}").Expect(0);
        var stopped = Executable.Finish(process).Expect(130);
        Assert.Contains("converge: pretrain: stopped. The last state is kept; run the same command again to go on.", stopped.Error);
        Assert.InRange(int.Parse(PretrainState.Notes(Path.Combine(folder["parts"], "state.safetensors"))["updates"]), 50, updates - 1);
        Executable.Run("pretrain", recipe, "--out", folder["parts"], "--threads", "2").Expect(0);
        foreach (var name in new[] { "model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", "state.safetensors", "training.jsonl", "README.md" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder["whole"], name)), File.ReadAllBytes(Path.Combine(folder["parts"], name)));
        Assert.Empty(Directory.GetFiles(folder["parts"], "*.tmp"));

        // Done is done: once more computes nothing.
        var again = Executable.Run("pretrain", recipe, "--out", folder["parts"], "--json").Expect(0);
        Assert.Contains($"goes on after {updates} updates", again.Error);
        Assert.Equal(updates, (int)again.Json["updates"]!);

        var before = File.ReadAllBytes(Path.Combine(folder["parts"], "tokenizer.json"));
        line = Executable.Run("pretrain", recipe, "--out", folder["parts"], "--set", "tokenizer.vocabulary=280").ExpectBadInput();
        Assert.Contains("belongs to a training with another recipe or other grammars. Give another --out, or delete the folder.", line);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(folder["parts"], "tokenizer.json")));

        File.Delete(Path.Combine(folder["parts"], "state.safetensors"));
        line = Executable.Run("pretrain", recipe, "--out", folder["parts"]).ExpectBadInput();
        Assert.Contains("holds a checkpoint without the state of a training to go on with. Give another --out, or delete the folder.", line);

        // What was trained is a model like any other; this one is too short for sixteen demonstrations.
        Executable.Run("inspect", folder["parts"]).Expect(0);
        Assert.Contains("converge: the model: takes 128 tokens", Executable.Run("icl", "--model", folder["parts"], "--episodes", "1").Expect(2).Error);
    }

    [Theory]
    [InlineData("--set sed=3: unknown key 'sed' (did you mean 'seed'?).", "sed=3")]
    [InlineData("--set batch_tokens=none: 'batch_tokens' is 'none', not a whole number.", "batch_tokens=none")]
    [InlineData("'stages.0.documents' knows no 'sentimnt' (did you mean 'sentiment'?).", "stages.0.documents={sentimnt: 1}")]
    [InlineData("--set seed: has no value", "seed")]
    public void A_wrong_recipe_ends_with_one_line(string expected, string change)
    {
        using var folder = new TemporaryFolder();
        var line = Executable.Run("pretrain", folder.Write("tiny.yaml", Recipe), "--out", folder["out"], "--set", change).ExpectBadInput();
        Assert.Contains(expected, line);
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Fact]
    public void A_recipe_that_is_not_there_is_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("does not exist", Executable.Run("pretrain", folder["none.yaml"], "--out", folder["out"]).ExpectBadInput());
    }

    [Fact]
    public void Documents_can_be_seen_without_training()
    {
        using var folder = new TemporaryFolder();
        var shown = Executable.Run("pretrain", folder.Write("tiny.yaml", Recipe), "--documents", "20", "--out", folder["out"]).Expect(0);
        Assert.Equal(20, shown.Out.Split('\n').Count(line => line.StartsWith("--- ", StringComparison.Ordinal)));
        Assert.Contains("«", shown.Out);
        Assert.False(Directory.Exists(folder["out"]));
    }

    [Theory]
    [InlineData("pretrain", "converge pretrain recipes/pocket.yaml --out out/pocket")]
    [InlineData("icl", "converge icl --model models/pocket --episodes 20")]
    public void The_help_shows_an_example(string verb, string example) => Assert.Contains(example, Executable.Run(verb, "--help").Expect(0).Out);
}
