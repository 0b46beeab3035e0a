using Converge.Engine.Capture;
using Converge.Engine.Model;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Invariance;

/// <summary>A prompt's states are a function of weights, tokens and adapter alone, bit for bit.</summary>
public sealed class CaptureInvarianceTests
{
    [Theory, InlineData(ComputeMode.F32), InlineData(ComputeMode.BF16)]
    public void States_do_not_depend_on_company_sharing_or_threads(ComputeMode mode) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll<uint>(seed =>
    {
        using var random = new RandomCase(seed);
        var continuations = random.Prompts.Select((prompt, i) => new Continuation(i, random.Tokens(1 + random.Random.Next(3))))
            .Where(continuation => random.Prompts[continuation.Prompt].Tokens.Length + continuation.Tokens.Length <= random.Config.MaxPositions).ToList();
        var request = new CaptureRequest { Continuations = continuations, Taps = SameStates.Every, Positions = seed % 2 == 0 ? Positions.Last : Positions.All };
        using var two = LlamaModel.Load(random.Checkpoint, mode, 2);
        using var one = LlamaModel.Load(random.Checkpoint, mode, 1);
        var together = two.Capture(random.Prompts, request, random.Adapters);

        SameStates.Check(together, two.Capture(random.Prompts, request with { SharePrefixes = false }, random.Adapters));
        SameStates.Check(together, one.Capture(random.Prompts, request, random.Adapters));
        for (int i = 0; i < random.Prompts.Count; i++)
        {
            var own = continuations.Select((continuation, index) => (continuation, index)).Where(item => item.continuation.Prompt == i).ToList();
            var alone = one.Capture([random.Prompts[i]], request with { Continuations = [.. own.Select(item => item.continuation with { Prompt = 0 })] }, random.Adapters);
            SameStates.Check(together.Prompts[i], alone.Prompts[0]);
            Assert.Equal(own.Select(item => together.LogProbabilities[item.index]), alone.LogProbabilities);
        }
    }));

    [Fact]
    public void Layers_kept_are_the_layers_asked_for()
    {
        using var random = new RandomCase(5);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        var all = model.Capture(random.Prompts, new CaptureRequest(), random.Adapters);
        int last = random.Config.Layers, hidden = random.Config.HiddenSize;
        var some = model.Capture(random.Prompts, new CaptureRequest { Layers = [last, 0] }, random.Adapters);
        for (int i = 0; i < random.Prompts.Count; i++)
            Assert.Equal([.. all.Prompts[i].ResidPost[(last * hidden)..], .. all.Prompts[i].ResidPost[..hidden]], some.Prompts[i].ResidPost);
    }

    [Fact]
    public void All_positions_end_with_the_last_one()
    {
        using var random = new RandomCase(6);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        var last = model.Capture(random.Prompts, new CaptureRequest(), random.Adapters);
        var all = model.Capture(random.Prompts, new CaptureRequest { Positions = Positions.All }, random.Adapters);
        for (int i = 0; i < random.Prompts.Count; i++) Assert.Equal(last.Prompts[i].FinalNorm, all.Prompts[i].FinalNorm[^random.Config.HiddenSize..]);
    }

    [Fact]
    public void What_else_is_kept_changes_no_bit_and_is_kept_of_the_blocks_asked_for()
    {
        using var random = new RandomCase(9);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        int last = random.Config.Layers, hidden = random.Config.HiddenSize;
        var plain = model.Capture(random.Prompts, new CaptureRequest(), random.Adapters);
        var every = model.Capture(random.Prompts, new CaptureRequest { Taps = SameStates.Every }, random.Adapters);
        var some = model.Capture(random.Prompts, new CaptureRequest { Taps = CaptureTaps.AttnOut | CaptureTaps.AttnScores, Layers = [last, 0] }, random.Adapters);
        for (int i = 0; i < random.Prompts.Count; i++)
        {
            int scores = random.Config.Heads * random.Prompts[i].Tokens.Length;
            Assert.Equal(plain.Prompts[i].ResidPost, every.Prompts[i].ResidPost);
            Assert.Equal(plain.Prompts[i].FinalNorm, every.Prompts[i].FinalNorm);
            Assert.Empty(plain.Prompts[i].AttnOut);
            Assert.Empty(some.Prompts[i].ResidPost);
            Assert.Equal(every.Prompts[i].AttnOut[^hidden..], some.Prompts[i].AttnOut);
            Assert.Equal(every.Prompts[i].AttnScores[^scores..], some.Prompts[i].AttnScores);
        }
    }

    [Fact]
    public void Lists_of_positions_keep_those_positions_in_that_order()
    {
        using var random = new RandomCase(10);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        int hidden = random.Config.HiddenSize, queries = random.Config.QueryWidth;
        var all = model.Capture(random.Prompts, new CaptureRequest { Taps = SameStates.Every, Positions = Positions.All }, random.Adapters);
        int[][] lists = [.. random.Prompts.Select((prompt, i) => i % 3 == 0 ? [] : new[] { prompt.Tokens.Length / 2, 0, prompt.Tokens.Length / 2 })];
        var some = model.Capture(random.Prompts, new CaptureRequest { Taps = SameStates.Every, PositionLists = lists }, random.Adapters);
        for (int i = 0; i < lists.Length; i++)
        {
            int tokens = random.Prompts[i].Tokens.Length, count = lists[i].Length;
            Assert.Equal(all.Prompts[i].Logits, some.Prompts[i].Logits);
            Assert.Equal(all.Prompts[i].AttnScores, some.Prompts[i].AttnScores);
            for (int j = 0; j < count; j++)
            {
                Assert.Equal(Row(all.Prompts[i].FinalNorm, lists[i][j], hidden), Row(some.Prompts[i].FinalNorm, j, hidden));
                for (int block = 0; block < random.Config.Layers; block++)
                {
                    Assert.Equal(Row(all.Prompts[i].Queries, block * tokens + lists[i][j], queries), Row(some.Prompts[i].Queries, block * count + j, queries));
                    Assert.Equal(Row(all.Prompts[i].AttnOut, block * tokens + lists[i][j], hidden), Row(some.Prompts[i].AttnOut, block * count + j, hidden));
                }
            }
        }
        lists[1] = [random.Prompts[1].Tokens.Length];
        Assert.Contains("has no position", Assert.Throws<BadInputException>(() => model.Capture(random.Prompts, new CaptureRequest { PositionLists = lists }, random.Adapters)).Message);

        static float[] Row(float[] values, int row, int width) => values[(row * width)..((row + 1) * width)];
    }
}
