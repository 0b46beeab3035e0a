using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Tests.Memory;

/// <summary>Where the rows of a pass are cut, and which of the last block's are left out, shows in no bit.</summary>
public sealed class RowChunkTests
{
    [Fact]
    public void Prompts_on_both_sides_of_a_cut_have_the_states_they_have_alone()
    {
        using var model = new SmallModel(2);
        using var llama = LlamaModel.Load(model.Checkpoint, ComputeMode.F32, 2);
        var adapters = new[] { Adapter(model, 1, [LinearLayer.GateProj, LinearLayer.DownProj]), Adapter(model, 2, [LinearLayer.VProj, LinearLayer.UpProj]) };
        List<Prompt> prompts = [.. Enumerable.Range(0, 50).Select(i => new Prompt($"{i}", model.Tokens(45, i), i % 3 - 1))];
        Assert.True(prompts.Count * 45 > 2 * Block<float>.FeedForwardRows);
        var all = new CaptureRequest { Positions = Positions.All };
        var (everywhere, last) = (llama.Capture(prompts, all, adapters), llama.Capture(prompts, new CaptureRequest(), adapters));
        for (int i = 0; i < prompts.Count; i++)
        {
            Assert.Equal(llama.Capture([prompts[i]], all, adapters).Prompts[0].ResidPost, everywhere.Prompts[i].ResidPost);
            // Of the last block only the last rows were computed.
            Assert.Equal(everywhere.Prompts[i].FinalNorm[^model.Config.HiddenSize..], last.Prompts[i].FinalNorm);
            Assert.Equal(everywhere.Prompts[i].ResidPost[^model.Config.HiddenSize..], last.Prompts[i].ResidPost[^model.Config.HiddenSize..]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void Jobs_on_both_sides_of_a_cut_come_out_as_they_do_alone_however_many_blocks_are_kept(double dropout)
    {
        using var model = new SmallModel(4);
        var recipe = new TuningRecipe { Steps = 2, BatchSize = 10, LearningRate = 1e-2 };
        List<TuningJob> jobs = [.. Enumerable.Range(0, 3).Select(i => new TuningJob($"{i}", Adapter(model, i, [LinearLayer.QProj, LinearLayer.GateProj, LinearLayer.DownProj], dropout), [.. Enumerable.Range(0, 10).Select(row => new TuningRow(model.Tokens(45, 100 * i + row), 30))], recipe))];
        int tokens = 3 * 10 * 45;
        Assert.True(tokens > Block<float>.FeedForwardRows);
        using var whole = new LlamaModel<float>(model.Config, model.Checkpoint.Weights, 2);
        var together = whole.Tune(jobs);
        var kept = new HashSet<int>();
        for (long memory = 1; !kept.Contains(model.Config.Layers); memory = memory * 9 / 8 + (1 << 16))
        {
            var plan = MemoryPlan.Unlimited with { KeptActivations = memory };
            if (!kept.Add(plan.KeptBlocks<float>(model.Config, tokens / 3))) continue;
            using var small = new LlamaModel<float>(model.Config, model.Checkpoint.Weights, 2, plan);
            for (int i = 0; i < jobs.Count; i++) Assert.Equal(together[i].Steps, small.Tune([jobs[i]])[0].Steps);
        }
        // Three blocks and room for the fourth's second run are as much as four.
        Assert.Equal([1, 2, 4], kept.Order());
    }

    // Its B is not zero, so that it does something.
    private static LoraAdapter Adapter(SmallModel model, int seed, LinearLayer[] targets, double dropout = 0)
    {
        var adapter = LoraInitialization.Create(new LoraRecipe(3 + seed, 16, dropout, targets), model.Config, (ulong)seed);
        foreach (var pair in adapter.Blocks.SelectMany(block => block.Values))
            for (int i = 0; i < pair.B.Length; i++) pair.B[i] = (float)(0.1 * Philox.NormalAt((ulong)seed, 77, (ulong)i));
        return adapter;
    }
}
