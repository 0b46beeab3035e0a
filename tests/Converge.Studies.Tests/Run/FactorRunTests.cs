using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Run;
using Converge.Studies.Spec;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Run;

public sealed class FactorRunTests : IDisposable
{
    private const string Methods = """

        references: [icl_other, icl_reordered]
        factors:
          - id: F12
            levels:
              - {id: wide, tuning: {targets: [q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj], rank: 2}}
              - {id: full, tuning: {method: full, epochs: 1}}
              - {id: long, tuning: {epochs: 3, loss: sequence}}
        """;

    private readonly StudyFolder _folder = new();

    private string Out => _folder.PathOf("out");

    private RunOutcome Run(HashModel model, string? folder = null, params string[] overrides) =>
        StudyRunner.Run(_folder.Plan(overrides), folder ?? Out, new RunOptions { Open = _ => new StudyModel("weights", () => model) });

    [Fact]
    public void A_new_factor_computes_its_own_levels_only()
    {
        Run(new HashModel());
        _folder.WithFactors();
        // The count of 2 is the base, and random labels may happen to be the right ones.
        int missing = _folder.Plan().Cost.Units - 5;
        var outcome = Run(new HashModel());
        Assert.Equal((35, missing, 35 - missing), (outcome.Units, outcome.Computed, outcome.Reused));
        var units = StudyOutput.Open(Out).Units().ToList();
        Assert.Equal(35, units.Count);
        Assert.Equal(units.Single(unit => unit.Key is { Level: "base", Run: 3 }).Digest, units.Single(unit => unit.Key is { Level: "k2", Run: 3 }).Digest);
        Assert.Equivalent(_folder.Load(), StudyOutput.Open(Out).Manifest.Study, strict: true);
    }

    [Fact]
    public void Full_tuning_and_references_come_back_as_they_were_stored()
    {
        _folder.WithFactors(Methods);
        var model = new HashModel();
        Run(model, null, "runs=2", "keep=[prompts, adapters, states]");
        Assert.Equal(2, model.FullyTuned);
        foreach (var unit in StudyOutput.Open(Out).Units())
        {
            Assert.Equal([Condition.Anchor, Condition.Icl, Condition.It, Condition.IclOther, Condition.IclReordered], unit.States.Keys.Order());
            Assert.Equal(unit.Key.Level == "full" ? TuningMethod.Full : TuningMethod.Lora, unit.Method);
            Assert.Equal(unit.Method == TuningMethod.Full, unit.Adapters is null);
            foreach (var (condition, states) in unit.States.Where(states => states.Key != Condition.It))
            {
                var prompts = unit.Prompts.Where(prompt => prompt.Condition == condition).Select((prompt, i) => new Prompt($"{i}", prompt.Tokens)).ToList();
                Assert.Equal(new HashModel().Capture(prompts, new CaptureRequest(), []).Prompts.SelectMany(prompt => prompt.FinalNorm), states.FinalNorm);
            }
        }
        var lines = File.ReadAllLines(Path.Combine(Out, "prompts.jsonl"));
        Assert.Equal(2 * 4 * 5 * 3, lines.Length);
        Assert.All(lines.Where(line => line.Contains("\"level\":\"full\"", StringComparison.Ordinal)), line => Assert.DoesNotContain("adapter", line));
    }

    [Fact]
    public void On_the_engine_no_level_alters_a_bit_of_another()
    {
        RandomCheckpoint.Write(_folder.PathOf("model"), TinyModel.Config, seed: 5);
        string[] settings = ["runs=2", "tuning.learning_rate=1e-2", "tuning.epochs=2"];
        StudyRunner.Run(_folder.Plan(settings), _folder.PathOf("alone"), new RunOptions { Threads = 1 });
        _folder.WithFactors(Methods[..Methods.IndexOf("references", StringComparison.Ordinal)] + Methods[Methods.IndexOf("factors", StringComparison.Ordinal)..]);
        StudyRunner.Run(_folder.Plan(settings), _folder.PathOf("whole"), new RunOptions { Threads = 2 });
        StudyRunner.Run(_folder.Plan(settings), _folder.PathOf("waves"), new RunOptions { Threads = 1, WaveTokens = 1 });
        var whole = StudyOutput.Open(_folder.PathOf("whole"));
        Assert.Equal(8, Directory.GetFiles(Path.Combine(whole.Folder, "units")).Length);
        foreach (var file in Directory.GetFiles(Path.Combine(whole.Folder, "units")))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder.PathOf("waves"), "units", Path.GetFileName(file))));
        foreach (var file in Directory.GetFiles(Path.Combine(_folder.PathOf("alone"), "units")))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(whole.Folder, "units", Path.GetFileName(file))));
        foreach (var run in whole.Units().GroupBy(unit => unit.Key.Run))
        {
            Assert.Equal(4, run.Select(unit => string.Join(' ', unit.States[Condition.It].FinalNorm)).Distinct().Count());
            Assert.Single(run.Select(unit => string.Join(' ', unit.States[Condition.Anchor].FinalNorm)).Distinct());
            Assert.All(run, unit => Assert.True(unit.TuningSteps[^1].Loss < unit.TuningSteps[0].Loss));
        }
    }

    [Fact]
    public void Demonstrations_may_be_chosen_by_the_models_own_states()
    {
        // The embedding is all that this model has: a text is as near to another as their bytes' vectors, whatever the words.
        RandomCheckpoint.Write(_folder.PathOf("model"), TinyModel.Config, seed: 5);
        _folder.Write("shown.tsv", "sentence\tlabel\nzzzz zzz\t1\nzzz zzzz\t0\naaaa aaa\t1\naaa aaaa\t0\n");
        _folder.Write("asked.tsv", "sentence\tlabel\nzz zz zz\t0\nzzz zz z\t1\nz zz zzz\t1\n");
        _folder.WithFactors("\nfactors: [{id: F3, levels: [{id: near, demonstrations: {selection: nearest, embedding: mean_state}}, {id: far, demonstrations: {selection: farthest, embedding: mean_state}}]}]\n");
        var units = _folder.Plan().Units;
        Assert.All(units.Where(unit => unit.Key.Level == "near"), unit => Assert.Equal(["shown:1", "shown:2"], unit.Demonstrations.Order()));
        Assert.All(units.Where(unit => unit.Key.Level == "far"), unit => Assert.Equal(["shown:3", "shown:4"], unit.Demonstrations.Order()));
    }

    [Fact]
    public void States_may_be_taken_at_the_label_or_over_the_query()
    {
        RandomCheckpoint.Write(_folder.PathOf("model"), TinyModel.Config, seed: 5);
        _folder.WithFactors("\nfactors: [{id: F13, levels: [{id: label, position: label}, {id: query, position: query_mean}]}]\n");
        StudyRunner.Run(_folder.Plan("runs=2", "tuning.epochs=1", "keep=[adapters]"), Out, new RunOptions { Threads = 2 });
        using var checkpoint = Checkpoint.Open(_folder.PathOf("model"));
        using var model = LlamaModel.Load(checkpoint, ComputeMode.F32, 1);
        foreach (var run in StudyOutput.Open(Out).Units().GroupBy(unit => unit.Key.Run))
        {
            var by = run.ToDictionary(unit => unit.Key.Level);
            Assert.Equal([StatePosition.Last, StatePosition.Label, StatePosition.QueryMean], run.Select(unit => unit.Position));
            var labels = Assert.IsType<LabelAnswers>(by["base"].Answers);
            foreach (var condition in by["base"].States.Keys)
            {
                // What is predicted does not depend on where states are taken.
                Assert.All(run, unit => Assert.Equal(by["base"].States[condition].AnswerLogProbabilities, unit.States[condition].AnswerLogProbabilities));
                var prompts = by["base"].Prompts.Where(prompt => prompt.Condition == condition).ToList();
                var all = model.Capture([.. prompts.Select((prompt, i) => new Prompt($"{i}", [.. prompt.Tokens, .. labels.RightAnswer(i)], condition == Condition.It ? 0 : -1))],
                    new CaptureRequest { Positions = Positions.All }, [by["base"].Adapters!.Value.Final]).Prompts;
                for (int i = 0; i < prompts.Count; i++)
                {
                    // "In: x" and "Out:" with the line end between them, byte by byte.
                    int length = prompts[i].Tokens.Length, query = prompts[i].Text[prompts[i].Text.LastIndexOf("In: ", StringComparison.Ordinal)..].Length;
                    float[] At(int position) => all[i].FinalNorm[(position * 8)..(position * 8 + 8)];
                    Assert.Equal(At(length - 1), by["base"].States[condition].FinalNorm[(i * 8)..(i * 8 + 8)]);
                    Assert.Equal(At(length + labels.RightAnswer(i).Length - 1), by["label"].States[condition].FinalNorm[(i * 8)..(i * 8 + 8)]);
                    for (int x = 0; x < 8; x++)
                        Assert.Equal(Enumerable.Range(length - query, query).Average(position => (double)At(position)[x]), by["query"].States[condition].FinalNorm[i * 8 + x], 1e-6);
                }
            }
        }
    }

    [Fact]
    public void An_untrained_copy_has_the_architecture_and_none_of_the_weights()
    {
        RandomCheckpoint.Write(_folder.PathOf("model"), TinyModel.Config, seed: 5);
        _folder.Change("study.yaml", "models:\n", "models:\n  - {id: blank, untrained_copy_of: tiny}\n");
        Run("first");
        Run("second");
        var output = StudyOutput.Open(_folder.PathOf("first"));
        var units = output.Units().Where(unit => unit.Key.Run == 0).ToDictionary(unit => unit.Key.Model);
        Assert.Equal(units["tiny"].Prompts.Select(prompt => prompt.Text), units["blank"].Prompts.Select(prompt => prompt.Text));
        Assert.NotEqual(units["tiny"].States[Condition.Anchor].FinalNorm, units["blank"].States[Condition.Anchor].FinalNorm);
        Assert.Equal(output.Manifest.Units, StudyOutput.Open(_folder.PathOf("second")).Manifest.Units);
        Assert.Equal(2, output.Manifest.Models.Select(model => model.Digest).Distinct().Count());
        Assert.NotEqual(output.Manifest.Units[0].Digest, Run("third", "seed=8").Manifest.Units[0].Digest);

        StudyOutput Run(string name, params string[] overrides)
        {
            StudyRunner.Run(_folder.Plan(["runs=2", "tuning.epochs=1", .. overrides]), _folder.PathOf(name), new RunOptions { Threads = 1 });
            return StudyOutput.Open(_folder.PathOf(name));
        }
    }

    public void Dispose() => _folder.Dispose();
}
