using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Run;
using Converge.Studies.Tests.Authored;

namespace Converge.Studies.Tests.Run;

/// <summary>The runner on the engine itself, with a small random checkpoint.</summary>
public sealed class RealEngineTests : IDisposable
{
    private readonly StudyFolder _folder = new();

    public RealEngineTests() => RandomCheckpoint.Write(_folder.PathOf("model"), TinyModel.Config, seed: 5);

    private StudyOutput Run(string name, RunOptions options)
    {
        var folder = _folder.PathOf(name);
        StudyRunner.Run(_folder.Plan("runs=4", "tuning.learning_rate=1e-2", "tuning.epochs=2", "keep=[adapters]"), folder, options);
        return StudyOutput.Open(folder);
    }

    private static SortedDictionary<string, string> Units(StudyOutput output) => new(
        Directory.EnumerateFiles(Path.Combine(output.Folder, "units")).ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(File.ReadAllBytes(file))), StringComparer.Ordinal);

    [Fact]
    public void Waves_shards_and_threads_alter_no_bit()
    {
        var whole = Units(Run("whole", new RunOptions { Threads = 2 }));
        Assert.Equal(4, whole.Count);
        Assert.Equal(whole, Units(Run("waves", new RunOptions { Threads = 1, WaveTokens = 1 })));
        foreach (int i in new[] { 3, 1, 2 }) Run("shards", new RunOptions { Shard = new Shard(i, 3), Threads = 1 });
        Assert.Equal(whole, Units(StudyOutput.Open(_folder.PathOf("shards"))));
    }

    [Fact]
    public void A_kept_adapter_read_back_gives_the_very_states_of_it()
    {
        var output = Run("out", new RunOptions { Threads = 1 });
        var unit = output.Units().ElementAt(1);
        var adapter = PeftAdapter.Read(Path.Combine(output.Folder, "adapters", "1", "final"), TinyModel.Config);
        using var checkpoint = Checkpoint.Open(_folder.PathOf("model"));
        using var model = LlamaModel.Load(checkpoint, ComputeMode.F32, 1);
        var prompts = unit.Prompts.Where(prompt => prompt.Condition == Condition.It).Select(prompt => new Prompt(prompt.Query, prompt.Tokens, 0)).ToList();
        var states = model.Capture(prompts, new Engine.Capture.CaptureRequest(), [adapter]);
        Assert.Equal(unit.States[Condition.It].FinalNorm, states.Prompts.SelectMany(prompt => prompt.FinalNorm));
        Assert.NotEqual(unit.States[Condition.Anchor].FinalNorm, unit.States[Condition.It].FinalNorm);
        Assert.True(unit.TuningSteps[^1].Loss < unit.TuningSteps[0].Loss);
    }

    public void Dispose() => _folder.Dispose();
}
