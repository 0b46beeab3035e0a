using Converge.Engine.Capture;
using Converge.Engine.Model;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Invariance;

/// <summary>A prompt's states are a function of weights, tokens and adapter alone, bit for bit.</summary>
public sealed class CaptureInvarianceTests
{
    [Fact]
    public void States_do_not_depend_on_company_sharing_or_threads() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll<uint>(seed =>
    {
        using var random = new RandomCase(seed);
        var continuations = random.Prompts.Select((prompt, i) => new Continuation(i, random.Tokens(1 + random.Random.Next(3))))
            .Where(continuation => random.Prompts[continuation.Prompt].Tokens.Length + continuation.Tokens.Length <= random.Config.MaxPositions).ToList();
        var request = new CaptureRequest { Continuations = continuations, Positions = seed % 2 == 0 ? Positions.Last : Positions.All };
        using var two = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        using var one = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 1);
        var together = two.Capture(random.Prompts, request, random.Adapters);

        Same(together, two.Capture(random.Prompts, request with { SharePrefixes = false }, random.Adapters));
        Same(together, one.Capture(random.Prompts, request, random.Adapters));
        for (int i = 0; i < random.Prompts.Count; i++)
        {
            var own = continuations.Select((continuation, index) => (continuation, index)).Where(item => item.continuation.Prompt == i).ToList();
            var alone = one.Capture([random.Prompts[i]], request with { Continuations = [.. own.Select(item => item.continuation with { Prompt = 0 })] }, random.Adapters);
            Assert.Equal(together.Prompts[i].ResidPost, alone.Prompts[0].ResidPost);
            Assert.Equal(together.Prompts[i].FinalNorm, alone.Prompts[0].FinalNorm);
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

    private static void Same(CapturedStates expected, CapturedStates actual)
    {
        for (int i = 0; i < expected.Prompts.Count; i++)
        {
            Assert.Equal(expected.Prompts[i].ResidPost, actual.Prompts[i].ResidPost);
            Assert.Equal(expected.Prompts[i].FinalNorm, actual.Prompts[i].FinalNorm);
        }
        Assert.Equal(expected.LogProbabilities, actual.LogProbabilities);
    }
}
