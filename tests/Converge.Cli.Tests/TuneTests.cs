using System.Text.Json.Nodes;
using Converge.Cli.Tests.Running;

namespace Converge.Cli.Tests;

public sealed class TuneTests
{
    [Theory]
    [InlineData("tiny_mha", "qv")]
    [InlineData("tiny_gqa", "all")]
    public void Losses_of_lora_and_the_states_afterwards_equal_the_reference(string name, string targets)
    {
        using var model = new GoldenModel(name);
        var numbers = model.Numbers("golden_lora.json");
        Tune(model, numbers, "lora", "--init", model.Fixture($"lora_{targets}", "init"), "--steps", "10", "--lr", "1e-3").Expect(0);
        var reference = numbers["cases"]![targets]!;
        CompareLosses(model, reference["f64"]!["loss_per_step"]!);

        var file = model.Prompts(numbers["test_prompts"]!.AsObject().Select(pair => (pair.Key, pair.Value!)));
        Executable.Run("states", "--model", model.Folder, "--prompts", file, "--out", model.Files["states"], "--adapter", model.Files["out"]).Expect(0);
        var states = new StatesResult(model.Files["states"]);
        foreach (var (row, id) in new[] { (0, "testA"), (1, "testB") })
            Assert.InRange(StatesResult.Difference(states.Row("final_norm", row), reference["f64"]!["tests_after"]![id]!["hidden_states"]![4]!), 0, 5e-5);
    }

    [Fact]
    public void Losses_of_full_tuning_and_the_states_afterwards_equal_the_reference()
    {
        using var model = new GoldenModel("tiny_gqa");
        var numbers = model.Numbers("golden_fulltune.json");
        File.WriteAllText(Path.Combine(model.Folder, "tokenizer.json"), "{}");
        Tune(model, numbers, "full", "--steps", "5", "--lr", "1e-4").Expect(0);
        CompareLosses(model, numbers["f64"]!["loss_per_step"]!);

        Assert.Equal("{}", File.ReadAllText(Path.Combine(model.Files["out"], "tokenizer.json")));
        var file = model.Prompts(numbers["test_prompts"]!.AsObject().Select(pair => (pair.Key, pair.Value!)));
        Executable.Run("states", "--model", model.Files["out"], "--prompts", file, "--out", model.Files["states"]).Expect(0);
        var states = new StatesResult(model.Files["states"]);
        foreach (var (row, id) in new[] { (0, "testA"), (1, "testB") })
            Assert.InRange(StatesResult.Difference(states.Row("final_norm", row), numbers["f64"]!["tests_after"]![id]!["hidden_states"]![4]!), 0, 5e-5);
    }

    [Fact]
    public void A_fresh_adapter_depends_on_its_seed_and_epochs_count_batches()
    {
        using var folder = new TemporaryFolder();
        RandomModel.Write(folder["model"]);
        var data = folder.Write("rows.jsonl", string.Join('\n', Enumerable.Range(0, 5).Select(i => $"{{\"prompt\": \"Number {i}:\", \"response\": \" {i * i}\"}}")));
        string[] command = ["tune", "--model", folder["model"], "--data", data, "--method", "lora", "--epochs", "2", "--batch-size", "2", "--rank", "2", "--targets", "v_proj,down_proj", "--dropout", "0.1"];
        Executable.Run([.. command, "--out", folder["a"], "--seed", "1"]).Expect(0);
        Executable.Run([.. command, "--out", folder["b"], "--seed", "1", "--threads", "1"]).Expect(0);
        Executable.Run([.. command, "--out", folder["c"], "--seed", "2"]).Expect(0);
        Assert.Equal(Weights(folder["a"]), Weights(folder["b"]));
        Assert.NotEqual(Weights(folder["a"]), Weights(folder["c"]));

        var steps = File.ReadAllLines(Path.Combine(folder["a"], "training.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal([1, 2, 3, 4, 5, 6], steps.Select(step => (int)step["step"]!));
        // Rows of "Number 0:" and " 0" are 12 tokens with the first one, "Number 4:" and " 16" 13.
        Assert.Equal([24, 24, 13, 24, 24, 13], steps.Select(step => (int)step["tokens"]!));
        Assert.All(steps, step => Assert.True((double)step["grad_norm"]! > 0 && (double)step["lr"]! == 1e-3));
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder["a"], "adapter_config.json")))!;
        Assert.Equal((2, 16.0), ((int)config["r"]!, (double)config["lora_alpha"]!));
        Assert.Equal(["down_proj", "v_proj"], config["target_modules"]!.AsArray().Select(node => (string)node!).Order());
    }

    [Fact]
    public void Several_files_or_a_folder_of_them_give_the_adapters_that_each_gives_alone()
    {
        using var folder = new TemporaryFolder();
        RandomModel.Write(folder["model"]);
        Directory.CreateDirectory(folder["jobs"]);
        string[] names = ["first", "second"];
        foreach (var name in names) File.WriteAllText(folder[$"jobs/{name}.jsonl"], string.Join('\n', Enumerable.Range(0, 2 + name.Length % 2).Select(i => $"{{\"prompt\": \"{name} {i}:\", \"response\": \" {i * i}\"}}")));
        string[] command = ["tune", "--model", folder["model"], "--method", "lora", "--epochs", "2", "--rank", "2"];
        var files = names.Select(name => folder[$"jobs/{name}.jsonl"]).ToArray();
        var json = Executable.Run([.. command, "--data", .. files, "--out", folder["files"], "--json"]).Expect(0).Json;
        Assert.Equal(names.Select(name => Path.Combine(folder["files"], name, "adapter_model.safetensors")), json["adapters"]!.AsArray().Select(adapter => (string)adapter!["weights"]!));
        var note = Executable.Run([.. command, "--data", folder["jobs"], "--out", folder["folder"]]).Expect(0).Error;
        Assert.Contains("2 adapters side by side", note);
        Assert.Contains("in tuning: those of all blocks are kept", note);
        foreach (var name in names)
        {
            Executable.Run([.. command, "--data", folder[$"jobs/{name}.jsonl"], "--out", folder[name]]).Expect(0);
            foreach (var together in new[] { "files", "folder" })
            {
                Assert.Equal(Weights(folder[name]), Weights(folder[$"{together}/{name}"]));
                Assert.Equal(File.ReadAllText(folder[$"{name}/training.jsonl"]), File.ReadAllText(folder[$"{together}/{name}/training.jsonl"]));
            }
        }
        Directory.CreateDirectory(folder["other"]);
        File.Copy(files[0], folder["other/first.jsonl"]);
        Assert.Contains("two files named 'first'", Executable.Run([.. command, "--data", files[0], folder["other/first.jsonl"], "--out", folder["x"]]).ExpectBadInput());
        Assert.Contains("holds no .jsonl file", Executable.Run([.. command, "--data", folder["files"], "--out", folder["x"]]).ExpectBadInput());
        Assert.Contains("full tuning makes one model", Executable.Run("tune", "--model", folder["model"], "--method", "full", "--steps", "1", "--data", folder["jobs"], "--out", folder["x"]).ExpectBadInput());
    }

    [Theory]
    [InlineData("--steps, --epochs: neither is given", "--method", "lora")]
    [InlineData("--steps, --epochs: both are given", "--method", "lora", "--steps", "1", "--epochs", "1")]
    [InlineData("--rank: is for --method lora", "--method", "full", "--steps", "1", "--rank", "4")]
    [InlineData("--alpha: cannot be given with --init", "--method", "lora", "--steps", "1", "--alpha", "4", "--init", "x")]
    [InlineData("--targets: 'w_proj' is not a linear layer. Choose from q_proj, k_proj", "--method", "lora", "--steps", "1", "--targets", "q_proj,w_proj")]
    [InlineData("tune: --steps: '0' is not a whole number of at least 1", "--method", "lora", "--steps", "0")]
    [InlineData("tune: --lr: 'fast' is not a number of at least 0", "--method", "lora", "--steps", "1", "--lr", "fast")]
    [InlineData("tune: --method: 'qlora' is not one of lora, full", "--method", "qlora", "--steps", "1")]
    [InlineData("tune: Option '--method' is required", "--steps", "1")]
    public void Options_that_do_not_go_together_are_refused_by_name(string expected, params string[] options)
    {
        using var model = new GoldenModel("tiny_gqa");
        var data = model.Files.Write("rows.jsonl", "{\"tokens\": [1, 2], \"loss_from\": 1}");
        var line = Executable.Run(["tune", "--model", model.Folder, "--data", data, "--out", model.Files["out"], .. options]).ExpectBadInput();
        Assert.Contains(expected, line);
        Assert.False(Directory.Exists(model.Files["out"]));
    }

    [Fact]
    public void Full_tuning_never_writes_over_its_own_model()
    {
        using var model = new GoldenModel("tiny_gqa");
        var data = model.Files.Write("rows.jsonl", "{\"tokens\": [1, 2], \"loss_from\": 1}");
        var line = Executable.Run("tune", "--model", model.Folder, "--data", data, "--out", model.Folder + "/.", "--method", "full", "--steps", "1").ExpectBadInput();
        Assert.Contains("--out: is the model's own folder", line);
    }

    private static byte[] Weights(string folder) => File.ReadAllBytes(Path.Combine(folder, "adapter_model.safetensors"));

    private static Ended Tune(GoldenModel model, JsonObject numbers, string method, params string[] options)
    {
        int lossFrom = numbers["labels"]!.AsArray().TakeWhile(label => (int)label! == -100).Count();
        var data = model.Files.Write("rows.jsonl", new JsonObject { ["tokens"] = numbers["input_ids"]!.DeepClone(), ["loss_from"] = lossFrom }.ToJsonString());
        return Executable.Run(["tune", "--model", model.Folder, "--data", data, "--out", model.Files["out"], "--method", method, .. options]);
    }

    private static void CompareLosses(GoldenModel model, JsonNode expected)
    {
        var losses = File.ReadAllLines(Path.Combine(model.Files["out"], "training.jsonl")).Select(line => (double)JsonNode.Parse(line)!["loss"]!).ToList();
        Assert.Equal(expected.AsArray().Count, losses.Count);
        foreach (var (loss, reference) in losses.Zip(expected.AsArray().Select(value => (double)value!))) Assert.InRange(Math.Abs(loss / reference - 1), 0, 1e-5);
    }
}
