using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Run;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Run;

public sealed class StudyRunnerTests : IDisposable
{
    private readonly StudyFolder _folder = new();
    private HashModel _model = new();

    private string Out => _folder.PathOf("out");

    private RunOptions Options(Shard? shard = null, long? waveTokens = null) => new()
    {
        Shard = shard ?? Shard.Whole,
        WaveTokens = waveTokens,
        Open = _ => new StudyModel("weights", () => _model),
    };

    private RunOutcome Run(string? folder = null, RunOptions? options = null, params string[] overrides) =>
        StudyRunner.Run(_folder.Plan(overrides), folder ?? Out, options ?? Options());

    private static SortedDictionary<string, string> Files(string folder, string below) => new(
        Directory.EnumerateFiles(Path.Combine(folder, below), "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(File.ReadAllBytes(file))),
        StringComparer.Ordinal);

    [Fact]
    public void Every_unit_is_computed_once_and_then_reused()
    {
        var first = Run();
        Assert.Equal((5, 5, 0, 0, true), (first.Units, first.Computed, first.Reused, first.Missing, first.IsComplete));
        Assert.Equal(5, _model.Tuned);
        var second = Run();
        Assert.Equal((0, 5), (second.Computed, second.Reused));
        Assert.Equal(5, _model.Tuned);
        Assert.Equal([0, 1, 2, 3, 4], StudyOutput.Open(Out).Units().Select(unit => unit.Key.Run));
    }

    [Fact]
    public void States_and_scores_belong_to_their_prompts()
    {
        Run(overrides: ["keep=[adapters]"]);
        var fresh = new HashModel();
        foreach (var unit in StudyOutput.Open(Out).Units())
        {
            for (int i = 0; i < unit.Prompts.Count; i++)
            {
                // Each prompt alone, in another batch, must give what the wave gave.
                var (prompt, query) = (unit.Prompts[i], i % unit.Queries.Count);
                var labels = new[] { TinyModel.Bytes(" bad"), TinyModel.Bytes(" good") };
                var alone = fresh.Capture([new Prompt("x", prompt.Tokens, prompt.Condition == Condition.It ? 0 : -1)],
                    new Engine.Capture.CaptureRequest { Continuations = [.. labels.Select(label => new Engine.Capture.Continuation(0, label))] }, [unit.Adapters!.Value.Final]);
                var states = unit.States[prompt.Condition];
                Assert.Equal(alone.Prompts[0].ResidPost, states.ResidPost.AsSpan(query * 24, 24).ToArray());
                Assert.Equal(alone.Prompts[0].FinalNorm, states.FinalNorm.AsSpan(query * 8, 8).ToArray());
                Assert.Equal(alone.LogProbabilities, states.AnswerLogProbabilities.AsSpan(query * 2, 2).ToArray());
                Assert.Equal(unit.Queries[query], prompt.Query);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void Every_query_is_scored_with_its_own_reference_beside_a_task_with_labels(long waveTokens)
    {
        _folder.TranslateToo();
        Run(options: Options(waveTokens: waveTokens), overrides: ["keep=[adapters]"]);
        var fresh = new HashModel();
        var units = StudyOutput.Open(Out).Units().ToList();
        Assert.Equal((5, 5), (units.Count(unit => unit.Answers is LabelAnswers), units.Count(unit => unit.Answers is ReferenceAnswers)));
        foreach (var unit in units)
        {
            for (int i = 0; i < unit.Prompts.Count; i++)
            {
                var (prompt, query) = (unit.Prompts[i], i % unit.Queries.Count);
                string[] answers = unit.Answers is LabelAnswers ? [" bad", " good"] : [" " + prompt.Answer];
                var alone = fresh.Capture([new Prompt("x", prompt.Tokens, prompt.Condition == Condition.It ? 0 : -1)],
                    new Engine.Capture.CaptureRequest { Continuations = [.. answers.Select(answer => new Engine.Capture.Continuation(0, TinyModel.Bytes(answer)))] }, [unit.Adapters!.Value.Final]);
                Assert.Equal(alone.LogProbabilities, unit.States[prompt.Condition].AnswerLogProbabilities.AsSpan(query * answers.Length, answers.Length).ToArray());
                Assert.Equal(alone.Prompts[0].FinalNorm, unit.States[prompt.Condition].FinalNorm.AsSpan(query * 8, 8).ToArray());
            }
        }
    }

    [Fact]
    public void The_manifest_of_a_mixed_study_comes_back_and_names_no_labels_where_there_are_none()
    {
        _folder.TranslateToo();
        Run();
        var manifest = StudyOutput.Open(Out).Manifest;
        Assert.Equivalent(_folder.Load(), manifest.Study, strict: true);
        Assert.Null(manifest.Study.Tasks[1].Labels);
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(Out, "manifest.json")))!["study"]!["tasks"]!;
        Assert.NotNull(json[0]!["labels"]);
        Assert.False(json[1]!.AsObject().ContainsKey("labels"));
        Assert.Equal("translation", (string)json[1]!["kind"]!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1500)]
    [InlineData(1_000_000)]
    public void The_size_of_waves_alters_no_bit(long tokens)
    {
        Run();
        Run(_folder.PathOf("waves"), Options(waveTokens: tokens));
        Assert.Equal(Files(Out, "units"), Files(_folder.PathOf("waves"), "units"));
    }

    [Fact]
    public void Three_shards_give_what_one_process_gives()
    {
        string[] keep = ["keep=[prompts, adapters, states]"];
        Run(overrides: keep);
        var sharded = _folder.PathOf("sharded");
        var outcomes = Enumerable.Range(1, 3).Select(i => Run(sharded, Options(new Shard(i, 3)), keep)).ToList();
        Assert.Equal([(2, 2, 3), (2, 2, 1), (1, 1, 0)], outcomes.Select(outcome => (outcome.Units, outcome.Computed, outcome.Missing)));
        foreach (var part in new[] { "units", "adapters", "states" }) Assert.Equal(Files(Out, part), Files(sharded, part));
        Assert.Equal(File.ReadAllText(Path.Combine(Out, "prompts.jsonl")), File.ReadAllText(Path.Combine(sharded, "prompts.jsonl")));
        Assert.Equal(["1/3", "2/3", "3/3"], StudyOutput.Open(sharded).Manifest.Executions.Select(execution => execution.Shard));
    }

    [Fact]
    public void Shards_may_run_at_the_same_time_in_one_folder()
    {
        Run();
        var shared = _folder.PathOf("shared");
        var plan = _folder.Plan();
        Parallel.For(0, 6, i => StudyRunner.Run(plan, shared, Options(new Shard(i % 3 + 1, 3)) with { Open = _ => new StudyModel("weights", () => new HashModel()) }));
        Assert.Equal(Files(Out, "units"), Files(shared, "units"));
        Assert.Equal(6, StudyOutput.Open(shared).Manifest.Executions.Count(execution => execution.Completed));
        var manifest = File.ReadAllText(Path.Combine(shared, "manifest.json"));
        Assert.Equal(6, manifest.Split("\"completed\": true").Length - 1);
    }

    [Fact]
    public void No_execution_is_lost_from_the_manifest_however_many_write_it_at_once()
    {
        var manifest = StudyManifest.Of(_folder.Plan(), new Dictionary<string, string> { ["tiny"] = "weights" });
        var threads = Enumerable.Range(1, 16).Select(i => new Thread(() =>
            ManifestKeeper.Begin(Out, manifest, new Execution { Shard = $"{i}/16", Started = DateTimeOffset.UtcNow, Machine = Machine.Current }))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(16, File.ReadAllText(Path.Combine(Out, "manifest.json")).Split("\"shard\":").Length - 1);
    }

    [Fact]
    public void A_killed_run_goes_on_where_it_stopped()
    {
        _model = new HashModel(failAtCapture: 3);
        Assert.Throws<InvalidOperationException>(() => Run(options: Options(waveTokens: 1)));
        var stored = Files(Out, "units");
        Assert.Equal(2, stored.Count);
        Assert.Contains("3 of 5 units are not finished", StudyFolder.Refusal(() => StudyOutput.Open(Out).Units()));
        _model = new HashModel();
        var outcome = Run();
        Assert.Equal((3, 2, 3), (outcome.Computed, outcome.Reused, _model.Tuned));
        Assert.Equal([false, true], StudyOutput.Open(Out).Manifest.Executions.Select(execution => execution.Completed));
        Assert.Equal(stored, Files(Out, "units").Where(file => stored.ContainsKey(file.Key)));
    }

    [Fact]
    public void Cancelling_keeps_what_is_finished()
    {
        using var stop = new CancellationTokenSource();
        var progress = new Listener(told =>
        {
            if (told.UnitsDone == 2) stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => StudyRunner.Run(_folder.Plan(), Out, Options(waveTokens: 1), progress, stop.Token));
        Assert.Equal(2, Files(Out, "units").Count);
    }

    [Fact]
    public void Progress_counts_up_to_all_units_and_tokens()
    {
        var told = new List<RunProgress>();
        var outcome = StudyRunner.Run(_folder.Plan(), Out, Options(waveTokens: 1), new Listener(told.Add));
        Assert.Equal(told.Select(progress => progress.UnitsDone).Order(), told.Select(progress => progress.UnitsDone));
        Assert.Equal((5, 5, outcome.Tokens, outcome.Tokens), (told[^1].UnitsDone, told[^1].Units, told[^1].TokensDone, told[^1].Tokens));
        var tokens = told.Where(progress => progress.Phase != "checking finished units").Select(progress => progress.TokensDone).ToList();
        Assert.Equal(tokens.Order(), tokens);
        Assert.Contains(told, progress => progress.Phase == "tuning");
    }

    [Fact]
    public void A_damaged_unit_is_reported_and_computed_anew()
    {
        Run();
        var before = Files(Out, "units");
        var victim = Path.Combine(Out, before.First().Key);
        var bytes = File.ReadAllBytes(victim);
        bytes[^1] ^= 1;
        File.WriteAllBytes(victim, bytes);
        Assert.Contains("does not match its checksum", StudyFolder.Refusal(() => StudyOutput.Open(Out).Units().ToList()));
        var outcome = Run();
        Assert.Equal((1, 4), (outcome.Computed, outcome.Reused));
        Assert.Contains("does not match its checksum", Assert.Single(outcome.Damaged));
        Assert.Equal(before, Files(Out, "units"));
    }

    [Fact]
    public void More_runs_reuse_those_that_are_there()
    {
        Run();
        var outcome = Run(overrides: ["runs=7"]);
        Assert.Equal((2, 5), (outcome.Computed, outcome.Reused));
    }

    [Fact]
    public void Adapters_asked_for_later_are_computed()
    {
        Run();
        Assert.Equal(5, Run(overrides: ["keep=[adapters]"]).Computed);
        Assert.Equal(5, Run().Reused);
    }

    [Fact]
    public void A_folder_of_another_study_is_refused_and_left_as_it_is()
    {
        Run();
        var before = Files(_folder.Path, "out");
        Assert.Contains("holds the study 'small', not 'other'", StudyFolder.Refusal(() => Run(overrides: ["name=other"])));
        Assert.Equal(before, Files(_folder.Path, "out"));
        Assert.Contains("is a file, not a folder", StudyFolder.Refusal(() => Run(_folder.StudyFile)));
        Assert.Contains("cannot be written", StudyFolder.Refusal(() => Run(Path.Combine(_folder.StudyFile, "below"))));
    }

    [Fact]
    public void The_manifest_tells_what_results_come_from()
    {
        var plan = _folder.Plan();
        StudyRunner.Run(plan, Out, Options());
        var manifest = StudyOutput.Open(Out).Manifest;
        Assert.Equivalent(plan.Spec, manifest.Study, strict: true);
        Assert.Equal(plan.Units.Select(unit => unit.DigestFor("weights")), manifest.Units.Select(unit => unit.Digest));
        Assert.Equal(("weights", plan.Models[0].Tokenizer.Digest), (manifest.Models[0].Digest, manifest.Models[0].TokenizerDigest));
        Assert.Equal([_folder.PathOf("asked.tsv"), _folder.PathOf("shown.tsv")], manifest.Data.Keys);
        var execution = Assert.Single(manifest.Executions);
        Assert.Equal((5, 0, true), (execution.UnitsComputed, execution.UnitsReused, execution.Completed));
        Assert.Equal(Environment.ProcessorCount, execution.Machine.Cores);
        Assert.InRange(execution.PeakMemoryBytes, 1 << 20, 1L << 40);
        Assert.Contains("q_proj", File.ReadAllText(Path.Combine(Out, "manifest.json")));
    }

    [Theory]
    [InlineData("3/2")]
    [InlineData("0/2")]
    [InlineData("1")]
    [InlineData("a/b")]
    [InlineData("1/0")]
    public void A_shard_that_is_none_is_refused(string text) => Assert.Contains($"'{text}' is not a shard", StudyFolder.Refusal(() => Shard.Parse(text)));

    private sealed class Listener(Action<RunProgress> told) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => told(value);
    }

    public void Dispose() => _folder.Dispose();
}
