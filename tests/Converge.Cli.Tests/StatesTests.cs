using System.Text.Json.Nodes;
using Converge.Cli.Tests.Running;

namespace Converge.Cli.Tests;

public sealed class StatesTests
{
    [Theory]
    [InlineData("tiny_mha", "f32", 1e-5)]
    [InlineData("tiny_gqa", "f32", 1e-5)]
    [InlineData("tiny_gqa_plain", "f32", 1e-5)]
    // States are stored in float32, whose rounding is 6e-8 relative to each value.
    [InlineData("tiny_gqa", "bf16", 2e-1)]
    [InlineData("tiny_gqa", "f64", 1e-7)]
    public void States_equal_the_reference(string name, string compute, double tolerance)
    {
        using var model = new GoldenModel(name);
        var prompts = model.Numbers("golden_forward.json")["prompts"]!.AsArray();
        var file = model.Prompts(prompts.Select(prompt => ((string)prompt!["name"]!, prompt["input_ids"]!)));
        Executable.Run("states", "--model", model.Folder, "--prompts", file, "--out", model.Files["out"], "--compute", compute).Expect(0);

        var states = new StatesResult(model.Files["out"]);
        Assert.Equal([4, 5, 64], states.Shape("resid_post"));
        Assert.Equal([4, 64], states.Shape("final_norm"));
        for (int i = 0; i < prompts.Count; i++)
        {
            var reference = prompts[i]!["f64"]!;
            for (int layer = 0; layer < 4; layer++)
                Assert.InRange(StatesResult.Difference(states.Row("resid_post", i, layer), reference["hidden_states"]![layer]!), 0, tolerance);
            Assert.InRange(StatesResult.Difference(states.Row("resid_post", i, 4), reference["last_layer_prenorm"]!), 0, tolerance);
            // bf16 that is as exact as f32 would not be bf16.
            Assert.InRange(StatesResult.Difference(states.Row("final_norm", i), reference["hidden_states"]![4]!), compute == "bf16" ? 1e-4 : 0, tolerance);
        }
    }

    [Theory]
    [InlineData("tiny_mha", "qv")]
    [InlineData("tiny_gqa", "all")]
    public void States_under_an_adapter_of_peft_equal_the_reference(string name, string targets)
    {
        using var model = new GoldenModel(name);
        var numbers = model.Numbers("golden_lora.json");
        var file = model.Prompts(numbers["test_prompts"]!.AsObject().Select(pair => (pair.Key, pair.Value!)));
        Executable.Run("states", "--model", model.Folder, "--prompts", file, "--out", model.Files["out"], "--adapter", model.Fixture($"lora_{targets}", "final")).Expect(0);
        var states = new StatesResult(model.Files["out"]);
        var after = numbers["cases"]![targets]!["fp32"]!["tests_after"]!;
        foreach (var (row, id) in new[] { (0, "testA"), (1, "testB") })
            Assert.InRange(StatesResult.Difference(states.Row("final_norm", row), after[id]!["hidden_states"]![4]!), 0, 5e-5);
    }

    [SkippableFact]
    public void A_file_size_limit_is_bad_input_and_leaves_the_earlier_result()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs ulimit");
        using var model = new GoldenModel("tiny_mha");
        var file = model.Prompts([("a", new JsonArray(1, 2, 3)), ("b", new JsonArray(4, 5))]);
        Executable.Run("states", "--model", model.Folder, "--prompts", file, "--out", model.Files["out"], "--layers", "last").Expect(0);
        var earlier = File.ReadAllBytes(Path.Combine(model.Files["out"], "states.safetensors"));
        // The runtime's own memory files count too, unless it is told to do without them.
        var ended = Executable.Bash(model.Files.Path,
            $"ulimit -f 2; DOTNET_EnableWriteXorExecute=0 {Executable.Location} states --model model --prompts {file} --out out --positions all").Expect(2);
        Assert.Contains("converge: out/states.safetensors: cannot be written", ended.Error);
        Assert.DoesNotContain("   at ", ended.Error);
        Assert.Equal(earlier, File.ReadAllBytes(Path.Combine(model.Files["out"], "states.safetensors")));
        Assert.Equal(2, Directory.GetFiles(model.Files["out"]).Length);
    }

    [Theory]
    [InlineData("--threads", "1")]
    [InlineData("--threads", "2")]
    [InlineData("--threads", "1000000")]
    [InlineData("--batch-tokens", "1")]
    [InlineData("--no-prefix-sharing", null)]
    public void No_bit_depends_on_how_it_is_computed(string option, string? value)
    {
        using var model = new GoldenModel("tiny_gqa");
        var file = model.Files.Write("prompts.jsonl", string.Join('\n', Enumerable.Range(0, 20).Select(i =>
            $"{{\"id\": \"p{i}\", \"tokens\": [1, 2, 3, {string.Join(", ", Enumerable.Range(0, 5 + 7 * i).Select(j => (i % 3 * 50 + j * j) % 320))}]}}")));
        string[] command = ["states", "--model", model.Folder, "--prompts", file, "--positions", "all"];
        Executable.Run([.. command, "--out", model.Files["plain"]]).Expect(0);
        Executable.Run([.. command, "--out", model.Files["other"], option, .. value is null ? Array.Empty<string>() : [value]]).Expect(0);
        Assert.Equal(File.ReadAllBytes(Path.Combine(model.Files["plain"], "states.safetensors")), File.ReadAllBytes(Path.Combine(model.Files["other"], "states.safetensors")));
    }

    [Fact]
    public void All_positions_and_chosen_layers_are_parts_of_the_same_states()
    {
        using var model = new GoldenModel("tiny_mha");
        var file = model.Files.Write("prompts.jsonl", "{\"id\": \"a/b\", \"tokens\": [1, 2, 3]}\n{\"id\": \"long\", \"tokens\": [1, 2, 3, 4, 5, 6, 7]}");
        string[] command = ["states", "--model", model.Folder, "--prompts", file];
        Executable.Run([.. command, "--out", model.Files["last"]]).Expect(0);
        Executable.Run([.. command, "--out", model.Files["all"], "--positions", "all"]).Expect(0);
        Executable.Run([.. command, "--out", model.Files["some"], "--layers", "3,0"]).Expect(0);
        Executable.Run([.. command, "--out", model.Files["top"], "--layers", "last"]).Expect(0);
        var (last, all, some, top) = (new StatesResult(model.Files["last"]), new StatesResult(model.Files["all"]), new StatesResult(model.Files["some"]), new StatesResult(model.Files["top"]));

        Assert.Equal(["a/b/final_norm", "a/b/resid_post", "long/final_norm", "long/resid_post"], all.Names.Order(StringComparer.Ordinal));
        Assert.Equal([5, 7, 64], all.Shape("long/resid_post"));
        Assert.Equal([7, 64], all.Shape("long/final_norm"));
        Assert.Equal([2, 2, 64], some.Shape("resid_post"));
        Assert.Equal([2, 1, 64], top.Shape("resid_post"));
        for (int layer = 0; layer <= 4; layer++)
        {
            Assert.Equal(last.Row("resid_post", 0, layer), all.Row("a/b/resid_post", layer, 2));
            Assert.Equal(last.Row("resid_post", 1, layer), all.Row("long/resid_post", layer, 6));
            // A state sees what is before it only: the two prompts begin alike.
            Assert.Equal(all.Row("a/b/resid_post", layer, 2), all.Row("long/resid_post", layer, 2));
        }
        Assert.Equal(last.Row("final_norm", 1), all.Row("long/final_norm", 6));
        Assert.Equal(last.Row("resid_post", 1, 3), some.Row("resid_post", 1, 0));
        Assert.Equal(last.Row("resid_post", 1, 0), some.Row("resid_post", 1, 1));
        Assert.Equal(last.Row("resid_post", 1, 4), top.Row("resid_post", 1, 0));
        Assert.Equal(last.Row("final_norm", 1), some.Row("final_norm", 1));
    }

    [Fact]
    public void The_prompts_come_back_with_the_tokens_used_and_can_be_run_again()
    {
        using var folder = new TemporaryFolder();
        RandomModel.Write(folder["model"]);
        var file = folder.Write("prompts.jsonl", "{\"id\": \"ž\", \"text\": \"The film\\n\"}\n{\"id\": \"b\", \"tokens\": [256, 84]}");
        var ended = Executable.Run("states", "--model", folder["model"], "--prompts", file, "--out", folder["one"], "--json").Expect(0);
        Assert.Equal(12, (int)ended.Json["tokens"]!);
        Assert.Contains("2 prompts of 12 tokens, 5 layers of width 64: 3.0 KiB into", ended.Error);
        var used = Path.Combine(folder["one"], "prompts.jsonl");
        var first = JsonNode.Parse(File.ReadLines(used).First())!;
        Assert.Equal(("ž", "The film\n", 10), ((string)first["id"]!, (string)first["text"]!, first["tokens"]!.AsArray().Count));
        Executable.Run("states", "--model", folder["model"], "--prompts", used, "--out", folder["two"]).Expect(0);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder["one"], "states.safetensors")), File.ReadAllBytes(Path.Combine(folder["two"], "states.safetensors")));
    }

    [Fact]
    public void Bad_input_ends_with_one_line_and_leaves_earlier_results_as_they_were()
    {
        using var model = new GoldenModel("tiny_gqa");
        model.Files.Write("out/states.safetensors", "earlier");
        var good = model.Files.Write("good.jsonl", "{\"id\": \"a\", \"tokens\": [1]}");
        var bad = model.Files.Write("bad.jsonl", "{\"id\": \"a\", \"tokens\": [1]}\n{\"id\": \"a\", \"tokens\": [2]}");
        Assert.Contains("bad.jsonl:2: the id \"a\" was given before", Run(model, bad));
        Assert.Contains("--layers: there is no layer 5. Choose from 0 (the embedding) to 4", Run(model, good, "--layers", "5"));
        Assert.Contains("there is no such folder", Run(model, good, "--adapter", model.Files["none"]));
        Assert.Contains("holds neither tokenizer.json nor tokenizer.model", Run(model, model.Files.Write("text.jsonl", "{\"id\": \"a\", \"text\": \"x\"}")));
        Assert.Equal("earlier", File.ReadAllText(model.Files["out/states.safetensors"]));
        Assert.Single(Directory.GetFiles(model.Files["out"]));
    }

    [SkippableFact]
    public void A_full_disk_ends_with_one_line_before_any_computing()
    {
        using var model = new GoldenModel("tiny_gqa");
        Skip.If(Executable.Bash(model.Files.Path, "unshare -rm true").ExitCode != 0, "needs unshare with user namespaces, to mount a small disk");
        Directory.CreateDirectory(model.Files["disk"]);
        var file = model.Files.Write("prompts.jsonl", $"{{\"id\": \"a\", \"tokens\": [{string.Join(", ", Enumerable.Repeat(1, 250))}]}}");
        var command = $"mount -t tmpfs -o size=64k none disk && {Executable.Location} states --model {model.Folder} --prompts {file} --out disk --positions all; code=$?; ls disk >&2; exit $code";
        var ended = Executable.Bash(model.Files.Path, $"unshare -rm bash -c '{command}'").Expect(2);
        Assert.Contains("cannot be written", ended.Error);
        Assert.Contains("the disk was full", ended.Error);
        Assert.DoesNotContain("   at ", ended.Error);
        Assert.Equal(2, ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static string Run(GoldenModel model, string prompts, params string[] more)
    {
        var ended = Executable.Run(["states", "--model", model.Folder, "--prompts", prompts, "--out", model.Files["out"], .. more]);
        return ended.ExpectBadInput();
    }
}
