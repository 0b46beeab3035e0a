using System.Diagnostics;
using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tuning;

namespace Converge.Engine.Tests.Memory;

/// <summary>Other programs on every core cost a pass their share of the time, and no bit.</summary>
[Collection(AloneCollection.Name)]
public sealed class BusyCoresTests
{
    [Fact]
    public void Passes_and_tuning_beside_busy_cores_give_the_same_bits_and_do_not_collapse()
    {
        using var model = new SmallModel(4);
        using var llama = LlamaModel.Load(model.Checkpoint, ComputeMode.F32, Environment.ProcessorCount);
        List<Prompt> prompts = [.. Enumerable.Range(0, 20).Select(i => new Prompt($"{i}", model.Tokens(30, i)))];
        var start = LoraInitialization.Create(new LoraRecipe(4, 8, 0, [LinearLayer.QProj, LinearLayer.UpProj]), model.Config, 1);
        List<TuningJob> jobs = [.. Enumerable.Range(0, 3).Select(i => new TuningJob($"{i}", start, [new TuningRow(model.Tokens(30, i), 20)], new TuningRecipe { Steps = 5, BatchSize = 1 }))];
        (float[][] States, TuningStep[] Steps) Work() =>
            ([.. llama.Capture(prompts, new CaptureRequest(), []).Prompts.Select(states => states.ResidPost)], [.. llama.Tune(jobs).SelectMany(result => result.Steps)]);

        Work();
        var watch = Stopwatch.StartNew();
        var quiet = Work();
        var alone = watch.Elapsed;
        using var others = new BusyThreads();
        watch.Restart();
        var beside = Work();
        var busy = watch.Elapsed;
        for (int i = 0; i < prompts.Count; i++) Assert.Equal(quiet.States[i], beside.States[i]);
        Assert.Equal(quiet.Steps, beside.Steps);
        // Half of the time would be fair. A pass has some hundred steps at which threads wait for each other: one that waited for its turn at each, some
        // milliseconds, would take many times as long.
        Assert.True(busy < 10 * alone + TimeSpan.FromSeconds(2), $"{alone.TotalMilliseconds:F0} ms alone, {busy.TotalMilliseconds:F0} ms beside busy cores");
    }

    /// <summary>As many threads as there are cores, none of which ever waits.</summary>
    private sealed class BusyThreads : IDisposable
    {
        private readonly Thread[] _threads;
        private volatile bool _stop;

        public BusyThreads()
        {
            _threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Spin) { IsBackground = true })];
            foreach (var thread in _threads) thread.Start();
        }

        public void Dispose()
        {
            _stop = true;
            foreach (var thread in _threads) thread.Join();
        }

        private void Spin()
        {
            while (!_stop) Thread.SpinWait(100);
        }
    }
}
