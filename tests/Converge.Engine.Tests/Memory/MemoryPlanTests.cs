using System.Globalization;
using System.Text.RegularExpressions;
using Converge.Engine.Capture;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tests.Checkpoints;
using Converge.Engine.Tuning;

namespace Converge.Engine.Tests.Memory;

/// <summary>A model stays within the memory it is given, and what it computes does not change.</summary>
public sealed partial class MemoryPlanTests : IDisposable
{
    private const long MiB = 1L << 20;

    private static readonly ModelConfig s_config = new()
    {
        Architecture = "LlamaForCausalLM",
        HiddenSize = 256,
        IntermediateSize = 704,
        Layers = 8,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 64,
        VocabSize = 500,
        MaxPositions = 128,
        RmsNormEps = 1e-5,
        RopeTheta = 1e4,
        TieWordEmbeddings = false,
    };

    private readonly TemporaryFolder _folder = new();

    public MemoryPlanTests() => RandomCheckpoint.Write(_folder.Path, s_config, 7);

    [Fact]
    public void Weights_that_do_not_fit_are_streamed_and_no_bit_changes()
    {
        using var checkpoint = Checkpoint.Open(_folder.Path);
        using var whole = new LlamaModel<float>(s_config, checkpoint.Weights, 2);
        using var streamed = new LlamaModel<float>(s_config, checkpoint.Weights, 2, new MemoryPlan(0, 0, Streams: true, PassActivations: 1, KeptActivations: 1));
        var random = new Random(3);
        int[] Tokens(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(s_config.VocabSize))];
        // More tokens than one pass of the small plan takes.
        List<Prompt> prompts = [.. Enumerable.Range(0, 12).Select(i => new Prompt($"p{i}", Tokens(60), -1))];
        var request = new CaptureRequest { Continuations = [new Continuation(3, Tokens(4))] };
        var (expected, states) = (whole.Capture(prompts, request, []), streamed.Capture(prompts, request, []));
        for (int i = 0; i < prompts.Count; i++) Assert.Equal(expected.Prompts[i].ResidPost, states.Prompts[i].ResidPost);
        Assert.Equal(expected.LogProbabilities, states.LogProbabilities);

        var start = LoraInitialization.Create(new LoraRecipe(4, 8, 0, [LinearLayer.QProj, LinearLayer.DownProj]), s_config, 1);
        List<TuningJob> jobs = [.. Enumerable.Range(0, 3).Select(i => new TuningJob($"job {i}", start, [new TuningRow(Tokens(40), 30), new TuningRow(Tokens(50), 20)], new TuningRecipe { LearningRate = 1e-3, Steps = 3, BatchSize = 2 }))];
        foreach (var (one, other) in whole.Tune(jobs).Zip(streamed.Tune(jobs))) Assert.Equal(one.Steps, other.Steps);
    }

    [SkippableFact]
    public void Streamed_blocks_are_let_go_of()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "asks Linux which pages of the file are in memory");
        using var checkpoint = Checkpoint.Open(_folder.Path);
        long file = checkpoint.TotalBytes, block = LinearLayers.All.Sum(layer => checkpoint.Weights.Blocks[0][layer].Bytes), outside = 2L * s_config.VocabSize * s_config.HiddenSize * sizeof(float);
        using (var whole = LlamaModel.Load(checkpoint, ComputeMode.F32, 2)) Run(whole);
        Assert.True(Mapped() > 0.9 * file, $"{Mapped()} of {file}");
        using (var streamed = new LlamaModel<float>(s_config, checkpoint.Weights, 2, new MemoryPlan(0, 0, Streams: true, 1, 1))) Run(streamed);
        Assert.True(Mapped() < outside + block, $"{Mapped()} of {file}");

        void Run(LanguageModel model) => model.Capture([new Prompt("p", [1, 2, 3], -1)], new CaptureRequest(), []);
    }

    [Fact]
    public void Every_block_is_read_once_a_pass()
    {
        using var checkpoint = Checkpoint.Open(_folder.Path);
        long block = LinearLayers.All.Sum(layer => checkpoint.Weights.Blocks[0][layer].Bytes), layers = s_config.Layers;
        using var streamed = new LlamaModel<float>(s_config, checkpoint.Weights, 2, new MemoryPlan(0, 0, Streams: true, 1, 1));
        long before = 0;
        long Blocks(Action work)
        {
            work();
            long bytes = streamed.Reading!.Bytes;
            (bytes, before) = (bytes - before, bytes);
            Assert.Equal(0, bytes % block);
            return bytes / block;
        }

        var prompt = new Prompt("p", [1, 2, 3]);
        Assert.Equal(layers, Blocks(() => streamed.Capture([prompt], new CaptureRequest(), [])));
        Assert.Equal(layers, Blocks(() => streamed.Capture([prompt], new CaptureRequest(), [])));
        // Forward through all, and back from the last, which is still there, though every block runs forward twice; the first waits for the next step.
        var start = LoraInitialization.Create(new LoraRecipe(4, 8, 0, [LinearLayer.QProj]), s_config, 1);
        Assert.Equal((2 * layers) - 1, Blocks(() => streamed.Tune([new TuningJob("job", start, [new TuningRow([1, 2, 3, 4], 2)], new TuningRecipe { Steps = 1, BatchSize = 1 })])));
        Assert.Equal(2 * (layers - 1) * 3, Blocks(() => streamed.Tune([new TuningJob("job", start, [new TuningRow([1, 2, 3, 4], 2)], new TuningRecipe { Steps = 3, BatchSize = 1 })])));
        Assert.True(streamed.Reading!.ReadingSeconds > 0);
    }

    [Fact]
    public void Full_tuning_within_a_limit_recomputes_and_changes_no_bit_or_says_what_it_needs()
    {
        using var checkpoint = Checkpoint.Open(_folder.Path);
        TuningRow[] rows = [new([1, 2, 3, 4, 5], 2), new([6, 7, 8], 1)];
        var recipe = new TuningRecipe { Steps = 2, BatchSize = 2, LearningRate = 1e-3 };
        var weights = new List<float[]>();
        // 5.6 million parameters, four copies in float32: 86 MiB beside what any model needs.
        foreach (long limit in new[] { 8192 * MiB, 240 * MiB })
        {
            var plan = MemoryPlan.Of(checkpoint, limit);
            Assert.True(plan.ForFullTuning(s_config, ComputeMode.F32).KeptActivations < limit / 2);
            using var model = LlamaModel.Load(checkpoint, ComputeMode.F32, 2, limit > 1000 * MiB ? plan : plan with { KeptActivations = 1 });
            model.TuneFully(rows, recipe, tuned => weights.Add(tuned.Capture([new Prompt("p", [1, 2, 3])], new CaptureRequest(), []).Prompts[0].ResidPost));
        }
        Assert.Equal(weights[0], weights[1]);
        using var small = LlamaModel.Load(checkpoint, ComputeMode.F32, 2, MemoryPlan.Of(checkpoint, 160 * MiB));
        Assert.Contains("160 MiB are too little", Assert.Throws<BadInputException>(() => small.TuneFully(rows, recipe, _ => { })).Message);
    }

    [Fact]
    public void A_plan_shares_out_what_it_is_given_and_says_how_much_a_model_needs()
    {
        using var checkpoint = Checkpoint.Open(_folder.Path);
        var (large, small) = (MemoryPlan.Of(checkpoint, 8192 * MiB), MemoryPlan.Of(checkpoint, 140 * MiB));
        Assert.Equal((false, checkpoint.TotalBytes), (large.Streams, large.Weights));
        Assert.True(small.Streams && small.Weights < checkpoint.TotalBytes / 2);
        foreach (var plan in new[] { large, small }) Assert.True(plan.Weights + plan.PassActivations + plan.KeptActivations < plan.Limit);
        Assert.True(small.PassActivations < large.PassActivations && small.KeptActivations < large.KeptActivations);

        var refusal = Assert.Throws<BadInputException>(() => MemoryPlan.Of(checkpoint, 100 * MiB));
        long needed = long.Parse(Number().Match(refusal.What[refusal.What.IndexOf("needs", StringComparison.Ordinal)..]).Value, CultureInfo.InvariantCulture);
        Assert.True(MemoryPlan.Of(checkpoint, needed * MiB).Streams);
        Assert.Throws<BadInputException>(() => MemoryPlan.Of(checkpoint, (needed - 1) * MiB));
    }

    public void Dispose() => _folder.Dispose();

    // What of the checkpoint's mapping is in this process's memory, in bytes.
    private long Mapped()
    {
        string[] lines = File.ReadAllLines("/proc/self/smaps");
        var (bytes, ours) = (0L, false);
        foreach (var line in lines)
        {
            if (Mapping().IsMatch(line)) ours = line.Contains(_folder.Path, StringComparison.Ordinal);
            else if (ours && line.StartsWith("Rss:", StringComparison.Ordinal)) bytes += 1024 * long.Parse(Number().Match(line).Value, CultureInfo.InvariantCulture);
        }
        return bytes;
    }

    [GeneratedRegex("^[0-9a-f]+-[0-9a-f]+ ")]
    private static partial Regex Mapping();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
