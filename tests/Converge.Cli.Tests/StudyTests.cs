using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Converge.Cli.Tests.Running;
using Converge.Engine.Checkpoints;
using Converge.Tests;

namespace Converge.Cli.Tests;

public sealed class StudyTests(SmallStudy study) : IClassFixture<SmallStudy>
{
    [Fact]
    public void A_run_leaves_tables_figures_and_a_page_and_a_second_one_computes_nothing()
    {
        var folder = study.NewFolder();
        var first = Executable.Run(["run", .. study.Arguments(), "--out", folder, "--json"]).Expect(0).Json;
        Assert.Equal((4, 4, 0, 0), ((int)first["units"]!, (int)first["computed"]!, (int)first["reused"]!, (int)first["missing"]!));
        Assert.Equal(Path.Combine(folder, "report.html"), (string)first["report"]!);
        foreach (var name in new[] { "report.html", "manifest.json", "tables/similarity.csv", "tables/summary.csv", "figures/layers.svg", "command.txt" })
            Assert.True(File.Exists(Path.Combine(folder, name)), name);
        var cosines = first["headline"]!.AsArray().Where(one => (string)one!["metric"]! == "cosine").ToList();
        Assert.Equal(["anchor-icl", "anchor-it", "icl-it"], cosines.Select(one => (string)one!["pair"]!).Order());
        Assert.All(cosines, one => Assert.InRange((double)one!["mean"]!, -1, 1));

        var tables = File.ReadAllBytes(Path.Combine(folder, "tables", "similarity.csv"));
        var second = Executable.Run(["run", .. study.Arguments(), "--out", folder, "--json"]).Expect(0).Json;
        Assert.Equal((0, 4), ((int)second["computed"]!, (int)second["reused"]!));
        Assert.Equal(tables, File.ReadAllBytes(Path.Combine(folder, "tables", "similarity.csv")));
    }

    [Fact]
    public void Memory_given_is_planned_for_and_changes_no_bit_or_is_refused_before_anything_runs()
    {
        var (free, bound) = (study.NewFolder(), study.NewFolder());
        Executable.Run(["run", .. study.Arguments("runs=2"), "--out", free]).Expect(0);
        Executable.Run(["run", .. study.Arguments("runs=2"), "--out", bound, "--memory", "200MiB"]).Expect(0);
        Assert.Equal(File.ReadAllBytes(Path.Combine(free, "tables", "similarity.csv")), File.ReadAllBytes(Path.Combine(bound, "tables", "similarity.csv")));
        var plan = Executable.Run(["plan", .. study.Arguments(), "--memory", "200MiB"]).Expect(0).Out;
        Assert.Contains("memory: at most 200.0 MiB; weights", plan);
        Assert.Contains("in tuning: those of", plan);
        foreach (var verb in new[] { "run", "plan" }) Assert.Contains("--memory: 20 MiB are too little", Executable.Run([verb, .. study.Arguments(), "--memory", "20MiB"]).ExpectBadInput());
    }

    [Fact]
    public void What_a_study_keeps_comes_out_again_bit_for_bit_from_the_verbs_states_and_tune()
    {
        var (folder, again) = (study.NewFolder(), study.NewFolder());
        Executable.Run(["run", .. study.Arguments("runs=2", "keep=[prompts, adapters, states]", "tuning.dropout=0"), "--out", folder]).Expect(0);
        var adapter = Path.Combine(folder, "adapters", "1");
        var kept = File.ReadAllLines(Path.Combine(folder, "prompts.jsonl")).Where(line => JsonNode.Parse(line) is { } prompt && (int)prompt["run"]! == 1).ToLookup(line => (string)JsonNode.Parse(line)!["condition"]!);
        using (var stored = SafetensorsFile.Open(Path.Combine(folder, "states", "1.safetensors")))
        {
            foreach (var (condition, options) in new (string, string[])[] { ("anchor", []), ("icl", []), ("it", ["--adapter", Path.Combine(adapter, "final")]) })
            {
                Directory.CreateDirectory(again);
                var prompts = Path.Combine(again, $"{condition}.jsonl");
                File.WriteAllLines(prompts, kept[condition]);
                Executable.Run(["states", "--model", study.Model, "--prompts", prompts, "--out", again, "--positions", "last", .. options]).Expect(0);
                var states = new StatesResult(again);
                var ids = kept[condition].Select(line => (string)JsonNode.Parse(line)!["id"]!).ToList();
                Assert.Equal(2, ids.Count);
                for (int i = 0; i < ids.Count; i++)
                {
                    Assert.Equal(MemoryMarshal.Cast<byte, float>(stored.Bytes($"{ids[i]}/final_norm")).ToArray(), states.Row("final_norm", i));
                    var layers = Enumerable.Range(0, 5).SelectMany(layer => states.Row("resid_post", i, layer));
                    Assert.Equal(MemoryMarshal.Cast<byte, float>(stored.Bytes($"{ids[i]}/resid_post")).ToArray(), layers);
                }
            }
        }
        // The study tuned both runs side by side; here one is tuned alone.
        Executable.Run("tune", "--model", study.Model, "--data", Path.Combine(adapter, "data.jsonl"), "--init", Path.Combine(adapter, "init"), "--out", again, "--method", "lora", "--epochs", "2", "--lr", "1e-4").Expect(0);
        Assert.Equal(File.ReadAllBytes(Path.Combine(adapter, "final", "adapter_model.safetensors")), File.ReadAllBytes(Path.Combine(again, "adapter_model.safetensors")));
    }

    [Fact]
    public void A_run_that_was_killed_goes_on_where_it_stopped_with_the_same_bits()
    {
        var (whole, killed) = (study.NewFolder(), study.NewFolder());
        // One unit a wave, so that some units are stored while others are still to come.
        string[] arguments = ["run", .. study.Arguments("runs=6"), "--wave-tokens", "1", "--out"];
        Executable.Run([.. arguments, whole]).Expect(0);

        using var process = Executable.Start(Executable.Location, [.. arguments, killed]);
        var units = Path.Combine(killed, "units");
        while (!process.HasExited && !(Directory.Exists(units) && Directory.EnumerateFiles(units, "*.safetensors").Any())) Thread.Sleep(5);
        process.Kill();
        process.WaitForExit();
        Assert.NotEqual(0, process.ExitCode);
        Assert.False(File.Exists(Path.Combine(killed, "report.html")));

        var resumed = Executable.Run([.. arguments, killed, "--json"]).Expect(0).Json;
        Assert.InRange((int)resumed["reused"]!, 1, 5);
        Assert.Equal(6, (int)resumed["reused"]! + (int)resumed["computed"]!);
        var (expected, seen) = (SmallStudy.Units(whole), SmallStudy.Units(killed));
        Assert.Equal(expected.Keys.Order(), seen.Keys.Where(name => !name.EndsWith(".tmp", StringComparison.Ordinal)).Order());
        Assert.All(expected, unit => Assert.Equal(unit.Value, seen[unit.Key]));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "tables", "summary.csv")), File.ReadAllBytes(Path.Combine(killed, "tables", "summary.csv")));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void A_run_that_is_interrupted_says_how_to_go_on(string signal)
    {
        var folder = study.NewFolder();
        using var process = Executable.Start(Executable.Location, ["run", .. study.Arguments("runs=12"), "--wave-tokens", "1", "--out", folder]);
        while (!process.HasExited && !File.Exists(Path.Combine(folder, "manifest.json"))) Thread.Sleep(5);
        Executable.Bash(folder, $"kill -{signal} {process.Id}").Expect(0);
        var ended = Executable.Finish(process).Expect(130);
        Assert.Contains("converge: run: stopped. Finished units are kept; run the same command again to go on.", ended.Error);
        Assert.DoesNotContain("   at ", ended.Error);
        Assert.Empty(Directory.EnumerateFiles(folder, "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void Shards_in_folders_of_their_own_merge_into_the_whole()
    {
        var whole = study.NewFolder();
        Executable.Run(["run", .. study.Arguments(), "--out", whole]).Expect(0);
        var shards = Enumerable.Range(1, 3).Select(i =>
        {
            var folder = study.NewFolder();
            var ended = Executable.Run(["run", .. study.Arguments(), "--out", folder, "--shard", $"{i}/3"]).Expect(0);
            Assert.Contains("of other shards are missing", ended.Out);
            Assert.False(File.Exists(Path.Combine(folder, "report.html")));
            return folder;
        }).ToList();
        var both = study.NewFolder();
        var missing = Executable.Run("merge", shards[0], shards[1], "--into", both).Expect(2);
        Assert.Contains("1 of 4 units are in none of the folders", missing.Error);
        var merged = Executable.Run(["merge", .. shards, "--into", both, "--json"]).Expect(0).Json;
        Assert.Equal(4, (int)merged["units"]!);
        Assert.Equal(SmallStudy.Units(whole), SmallStudy.Units(both));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "tables", "similarity.csv")), File.ReadAllBytes(Path.Combine(both, "tables", "similarity.csv")));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(both, "executions")).Length);

        var other = study.NewFolder();
        Executable.Run(["run", .. study.Arguments("seed=7"), "--out", other]).Expect(0);
        Assert.Contains("holds other units", Executable.Run("merge", whole, other).ExpectBadInput());
    }

    [Fact]
    public void Shards_that_share_a_folder_are_whole_with_the_last_one()
    {
        var folder = study.NewFolder();
        Executable.Run(["run", .. study.Arguments(), "--out", folder, "--shard", "2/2"]).Expect(0);
        var partial = Executable.Run("report", folder).Expect(0);
        Assert.Contains("2 of 4 units are not finished", partial.Error);
        Executable.Run(["run", .. study.Arguments(), "--out", folder, "--shard", "1/2"]).Expect(0);
        Assert.Equal(0, (int)Executable.Run("report", folder, "--json").Expect(0).Json["missing"]!);
        Assert.Equal(0, (int)Executable.Run("merge", folder, "--json").Expect(0).Json["copied"]!);
    }

    [Fact]
    public void What_a_plan_says_touches_no_weights_and_is_what_a_run_does()
    {
        // Weights that cannot be read at all: a plan needs the header only.
        var weightless = study.NewFolder();
        Directory.CreateDirectory(weightless);
        foreach (var name in new[] { "config.json", "tokenizer.json" }) File.Copy(Path.Combine(study.Model, name), Path.Combine(weightless, name));
        Executable.Run(["plan", .. study.Arguments($"models.0.path={weightless}")]).Expect(0);
        var planned = Executable.Run(["plan", .. study.Arguments(), "--json"]).Expect(0).Json;
        var run = Executable.Run(["run", .. study.Arguments(), "--out", study.NewFolder(), "--json"]).Expect(0).Json;
        Assert.Equal((int)planned["units"]!, (int)run["units"]!);
        Assert.Equal((long)planned["shared_prompt_tokens"]! + (long)planned["answer_tokens"]! + (long)planned["tuning_tokens"]!, (long)run["tokens"]!);
        Assert.True((double)planned["seconds_at_least"]! > 0);
    }

    [Fact]
    public void A_study_may_mix_a_task_with_labels_and_one_without()
    {
        var folder = study.NewFolder();
        string[] arguments = study.Arguments("runs=5", "queries=2", $"tasks.1={Repository.PathOf("tasks", "lexicon.yaml")}");
        Assert.Contains("there is neither accuracy nor agreement of labels", Executable.Run(["validate", .. arguments]).Expect(0).Out);
        var planned = Executable.Run(["plan", .. arguments, "--json"]).Expect(0).Json;
        Assert.Equal(["classification", "translation"], planned["tasks"]!.AsArray().Select(task => (string)task!["kind"]!));
        var run = Executable.Run(["run", .. arguments, "--out", folder, "--json"]).Expect(0).Json;
        Assert.Equal((10, 10), ((int)planned["units"]!, (int)run["computed"]!));
        var metrics = run["headline"]!.AsArray().Where(one => (string)one!["metric"]! != "cosine").Select(one => $"{one!["task"]} {one["metric"]} {one["pair"]}").ToList();
        Assert.Equal([.. Pairs("reviews accuracy"), .. Pairs("lexicon log_likelihood_per_token")], metrics);
        Assert.All(File.ReadLines(Path.Combine(folder, "tables", "likelihood.csv")).Skip(1), row => Assert.Contains(",lexicon,", row));
        Assert.All(File.ReadLines(Path.Combine(folder, "tables", "accuracy.csv")).Skip(1), row => Assert.Contains(",reviews,", row));
        static string[] Pairs(string metric) => [$"{metric} anchor", $"{metric} icl", $"{metric} it"];
    }

    [Fact]
    public void Validation_shows_real_prompts_and_lists_every_mistake()
    {
        var good = Executable.Run(["validate", .. study.Arguments()]).Expect(0);
        Assert.Contains("Sentiment:", good.Out);
        Assert.Contains("is valid: 4 units", good.Out);

        var bad = Executable.Run(["validate", .. study.Arguments("runs=0", "tuning.learnin_rate=1")]).Expect(2);
        Assert.Contains("runs", bad.Out);
        Assert.Contains("did you mean 'learning_rate'?", bad.Out);
        Assert.Contains("2 errors. Mend what is listed and validate again.", bad.Error);
        Assert.False((bool)Executable.Run(["validate", .. study.Arguments("runs=0"), "--json"]).Expect(2).Json["valid"]!);
    }

    [Theory]
    [InlineData("did you mean 'runs'?", "rus=3")]
    [InlineData("no/such/model", "models.0.path=no/such/model")]
    [InlineData("demonstrations", "demonstrations.count=400")]
    [InlineData("--set nothing: has no value", "nothing")]
    public void A_study_that_cannot_run_ends_with_one_line(string expected, string change)
    {
        var folder = study.NewFolder();
        Assert.Contains(expected, Executable.Run(["run", .. study.Arguments(change), "--out", folder]).ExpectBadInput());
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_folder_that_holds_something_else_is_left_alone()
    {
        Assert.Contains("holds no study", Executable.Run("report", Repository.PathOf("src")).ExpectBadInput());
        Assert.Contains("'4/3' is not a shard", Executable.Run(["run", .. study.Arguments(), "--out", study.NewFolder(), "--shard", "4/3"]).ExpectBadInput());
    }

    [SkippableFact]
    public void A_disk_that_fills_up_ends_with_one_line_and_keeps_what_is_finished()
    {
        Skip.If(Executable.Bash(Repository.Root, "unshare -rm true").ExitCode != 0, "needs unshare with user namespaces, to mount a small disk");
        var folder = study.NewFolder();
        Directory.CreateDirectory(folder);
        var arguments = string.Join(' ', study.Arguments("runs=6", "queries=8").Append("--wave-tokens=1").Select(argument => $"\"{argument}\""));
        var command = $"mount -t tmpfs -o size=150k none {folder} && {Executable.Location} run {arguments} --out {folder}/out >/dev/null; echo code $?; ls {folder}/out/units | grep -c safetensors\\$; ls {folder}/out/units | grep -c tmp\\$";
        var ended = Executable.Bash(Repository.Root, $"unshare -rm bash -c '{command}'");
        var lines = ended.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("code 2", lines[0]);
        Assert.InRange(int.Parse(lines[1]), 1, 5);
        Assert.Equal("0", lines[2]);
        Assert.Contains("earlier results are intact", ended.Error);
        Assert.DoesNotContain("   at ", ended.Error);
    }
}
