using Converge.Cli.Bench;
using Converge.Engine.Capture;
using Converge.Engine.Generation;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Cli.Tests.Bench;

public sealed class BenchPartsTests
{
    [Theory]
    [InlineData("s2", 2048, 5632, 22, 32, 4, 64)]
    [InlineData("13B", 5120, 13824, 40, 40, 40, 128)]
    [InlineData("48x100x3x6x2", 48, 100, 3, 6, 2, 8)]
    [InlineData("48x100x3x6", 48, 100, 3, 6, 6, 8)]
    public void A_shape_is_a_name_or_is_written_out(string text, int hidden, int intermediate, int layers, int heads, int keyValueHeads, int width)
    {
        var config = BenchShape.Parse(text)!.Config;
        Assert.Equal((hidden, intermediate, layers, heads, keyValueHeads, width), (config.HiddenSize, config.IntermediateSize, config.Layers, config.Heads, config.KeyValueHeads, config.HeadDim));
    }

    [Theory]
    [InlineData("")]
    [InlineData("S3")]
    [InlineData("48x100x3")]
    [InlineData("48x100x3x5")]
    [InlineData("48x100x3x16")]
    [InlineData("48x100x3x6x4")]
    [InlineData("48x-100x3x6")]
    [InlineData("48x100x3x6x2x1")]
    [InlineData("99999999x1x1x1")]
    public void What_is_no_shape_is_none(string text) => Assert.Null(BenchShape.Parse(text));

    [Fact]
    public void The_parameters_of_s1_and_s2_are_those_that_targets_count()
    {
        Assert.Equal(154_140_672, BenchShape.Parse("S1")!.LinearParameters);
        Assert.Equal(968_884_224, BenchShape.Parse("S2")!.LinearParameters);
        Assert.Equal(2.0 * 154_140_672 * 3, BenchShape.Parse("S1")!.ForwardFlops(3));
    }

    [Fact]
    public void An_update_of_jobs_in_groups_takes_the_sum_over_the_groups_and_the_first_does_not_count()
    {
        using var model = new TwoGroups();
        var timing = StepTimes.Of(model, steps => BenchPrompts.Jobs(model.Config, 2, 1, 4, steps), new TimingBudget(3, TimeSpan.Zero, TimeSpan.FromSeconds(10)), default);
        Assert.Equal([1, 4], model.Updates);
        Assert.Equal(3, timing.Samples);
        // 30 ms in one group and 10 in the other; the first update of each takes 300.
        Assert.InRange(timing.Quantile(0), 0.04, 0.3);
    }

    [Fact]
    public void A_table_is_as_wide_as_its_widest_cells()
    {
        Assert.Equal(["| a   |   b |", "|-----|----:|", "| one |  22 |", "| x   | 333 |"], PipeTable.Lines(["a", "b"], 1, [["one", "22"], ["x", "333"]]));
    }

    [Fact]
    public void Prompts_of_different_streams_share_no_prefix()
    {
        var config = BenchShape.Parse("48x100x3x6")!.Config;
        var prompts = BenchPrompts.OnTrunk(config, [], 96, 40);
        Assert.Equal(96, prompts.Select(prompt => prompt.Tokens[0]).Distinct().Count());
        Assert.Equal(400 + 96 * 40, PromptForest.Of([.. BenchPrompts.OnTrunk(config, BenchPrompts.Tokens(config, 96, 400), 96, 40).Select(prompt => (prompt.Tokens, -1))]).Tokens.Length);
    }

    // Tunes nothing; reports updates as a model does that tunes its jobs in two groups.
    private sealed class TwoGroups : LanguageModel
    {
        public List<int> Updates { get; } = [];

        public override ModelConfig Config { get; } = BenchShape.Parse("48x100x3x6")!.Config;

        public override IReadOnlyList<TuningStep> TuneFully(
            IReadOnlyList<TuningRow> rows, TuningRecipe recipe, Action<LanguageModel> use, IProgress<long>? progress = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override IReadOnlyList<GeneratedTokens> Generate(
            IReadOnlyList<Prompt> prompts, GenerationRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override IReadOnlyList<TuningResult> Tune(IReadOnlyList<TuningJob> jobs, IProgress<long>? progress = null, CancellationToken cancellation = default)
        {
            Updates.Add(jobs[0].Recipe.Steps);
            foreach (int milliseconds in new[] { 30, 10 })
            {
                for (int update = 0; update < jobs[0].Recipe.Steps; update++)
                {
                    Thread.Sleep(update == 0 ? 300 : milliseconds);
                    progress!.Report(0);
                }
            }
            return [];
        }

        public override CapturedStates Capture(
            IReadOnlyList<Prompt> prompts, CaptureRequest request, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override void Dispose()
        {
        }
    }
}
