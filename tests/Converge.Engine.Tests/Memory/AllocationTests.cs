using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Tests.Memory;

/// <summary>In steady state a pass allocates neither for layers nor for tokens nor for threads: its memory is there from the pass before.</summary>
[Collection(AloneCollection.Name)]
public sealed class AllocationTests
{
    // What a call takes for itself; whatever the number of layers, tokens and threads.
    private const long Bound = 4096;

    [Theory]
    [InlineData(2, 40, 1)]
    [InlineData(2, 40, 3)]
    [InlineData(9, 40, 2)]
    [InlineData(2, 1500, 2)]
    public void A_second_forward_pass_allocates_nothing(int layers, int tokens, int threads)
    {
        using var model = new SmallModel(layers);
        using var llama = new LlamaModel<float>(model.Config, model.Checkpoint.Weights, threads);
        using var adapter = LoraParameters<float>.From(LoraInitialization.Create(new LoraRecipe(4, 8, 0, [LinearLayer.QProj, LinearLayer.UpProj]), model.Config, 1), model.Config);
        List<Prompt> prompts = [.. Enumerable.Range(0, tokens / 20).Select(i => new Prompt($"{i}", model.Tokens(20, i), i % 2 - 1))];
        var request = new CaptureRequest { Layers = [layers], Continuations = [new Continuation(0, model.Tokens(6, 999))] };
        var forward = llama.Lend();
        var scores = new double[1];
        // What describes the prompts, and what is kept of them, is the caller's.
        AssertSteady(() => new CapturePass<float>(model.Config, prompts, request, (0, prompts.Count), [adapter]), pass => forward.Run(pass, scores, CancellationToken.None));
        llama.Return(forward);
    }

    [Theory]
    [InlineData(2, 40, 1, 0)]
    [InlineData(2, 40, 3, 0.1)]
    [InlineData(9, 40, 2, 0)]
    [InlineData(2, 1500, 2, 0.1)]
    public void A_second_step_of_tuning_allocates_nothing(int layers, int tokens, int threads, double dropout)
    {
        using var model = new SmallModel(layers);
        using var pool = new WorkPool(threads);
        using var rotary = new Rotary<float>(RotaryFrequencies.Of(model.Config), model.Config.MaxPositions);
        var recipe = new TuningRecipe { Steps = 100, BatchSize = tokens / 2 / 20 };
        var jobs = Enumerable.Range(0, 2).Select(i => new TuningJob(
            $"{i}",
            LoraInitialization.Create(new LoraRecipe(4 + i, 8, dropout, [LinearLayer.VProj, LinearLayer.GateProj]), model.Config, 1),
            [.. Enumerable.Range(0, recipe.BatchSize).Select(row => new TuningRow(model.Tokens(20, row), 8))],
            recipe)).ToList();
        using var running = new RunningJobs<float>(jobs, model.Config);
        foreach (var memory in new[] { MemoryPlan.Unlimited, MemoryPlan.Unlimited with { KeptActivations = 1 } })
        {
            using var pass = new TuningPass<float>(model.Config, model.Checkpoint.Weights, rotary, pool);
            var tuner = new LoraTuner<float>(model.Config, model.Checkpoint.Weights, rotary, pool, memory, WeightStream.None);
            AssertSteady(() => true, _ => tuner.Step(pass, running));
        }
    }

    [Theory]
    [InlineData(2, 40, 1)]
    [InlineData(9, 40, 2)]
    [InlineData(2, 1500, 2)]
    public void A_second_step_of_full_tuning_allocates_nothing(int layers, int tokens, int threads)
    {
        using var model = new SmallModel(layers);
        var recipe = new TuningRecipe { Steps = 100, BatchSize = tokens / 20 };
        using var tuner = new FullTuner<float>(model.Config, model.Checkpoint.Weights, [.. Enumerable.Range(0, recipe.BatchSize).Select(row => new TuningRow(model.Tokens(20, row), 8))], recipe, threads);
        AssertSteady(() => true, _ => tuner.Step());
    }

    // The least of several runs: the runtime allocates now and then for itself.
    private static void AssertSteady<TInput>(Func<TInput> prepare, Action<TInput> run)
    {
        for (int warm = 0; warm < 2; warm++) run(prepare());
        long least = long.MaxValue;
        for (int i = 0; i < 4; i++)
        {
            var input = prepare();
            long native = NativeBytes.Allocated, managed = GC.GetTotalAllocatedBytes(precise: true);
            run(input);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - managed);
            Assert.Equal(native, NativeBytes.Allocated);
        }
        Assert.True(least <= Bound, $"{least} bytes");
    }
}

/// <summary>Tests beside which no other may run: they count what the whole process allocates.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
