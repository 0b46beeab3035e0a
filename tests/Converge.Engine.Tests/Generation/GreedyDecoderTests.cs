using Converge.Engine.Capture;
using Converge.Engine.Generation;
using Converge.Engine.Model;
using Converge.Engine.Tests.Invariance;
using Converge.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Generation;

/// <summary>The decoder, which keeps keys and values, against whole passes over the grown prompts.</summary>
public sealed class GreedyDecoderTests
{
    [Fact]
    public void Every_token_is_the_likeliest_after_the_grown_prompt_whatever_else_is_decoded() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(15), Prop.ForAll<uint>(seed =>
    {
        using var random = new RandomCase(seed);
        using var two = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        using var one = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 1);
        var request = new GenerationRequest { MaxNewTokens = 1 + random.Random.Next(9), StopTokens = new HashSet<int>(random.Tokens(3)) };
        var together = two.Generate(random.Prompts, request, random.Adapters);
        for (int i = 0; i < random.Prompts.Count; i++)
        {
            var expected = Plainly(one, random.Prompts[i], request, random);
            Assert.Equal(expected.Tokens, together[i].Tokens);
            Assert.Equal(expected.Reason, together[i].Reason);
            Assert.Equal(expected.Tokens, one.Generate([random.Prompts[i]], request, random.Adapters)[0].Tokens);
        }
    }));

    [Fact]
    public void A_token_after_kept_keys_and_values_has_the_state_of_a_whole_pass_in_every_bit()
    {
        using var random = new RandomCase(21);
        using var model = Parity.Reference.Load<float>(random.Checkpoint);
        using var rotary = new Rotary<float>(RotaryFrequencies.Of(random.Config), random.Config.MaxPositions);
        using var workspace = new Workspace<float>(random.Config);
        var block = new Block<float>(random.Config, random.Checkpoint.Weights, rotary, model.Pool, workspace, Products.Exact);
        int[] start = random.Tokens(12), added = random.Tokens(3);
        // The start is cut in two by another prompt that shares a part of it.
        var forest = PromptForest.Of([(start, -1), ([.. start[..5], .. random.Tokens(4)], -1)]);
        using var store = new KeyValueStore<float>(random.Config, forest, 2, added.Length);
        using var x = new Matrix<float>(forest.Tokens.Length, random.Config.HiddenSize);
        using var activations = new BlockActivations<float>(random.Config);
        EmbeddingTable.Forward(random.Checkpoint.Weights.Embedding, forest.Tokens, x.View);
        for (int layer = 0; layer < random.Config.Layers; layer++)
        {
            block.Forward(layer, new Batch<float>(forest, []), x.View, activations, keep: false);
            store.Keep(layer, activations.K.View, activations.V.View);
        }
        for (int i = 0; i < added.Length; i++)
        {
            EmbeddingTable.Forward(random.Checkpoint.Weights.Embedding, [added[i]], x.Resize(1));
            var rows = new RowSet<float>([start.Length + i], [new QueryRun(forest.Segments.Length, start.Length + i, 1, 0)], []);
            for (int layer = 0; layer < random.Config.Layers; layer++)
                block.ForwardNew(layer, [.. forest.Segments, store.New(0, i + 1)], rows, [store.Row(0, i)], store.Keys(layer), store.Values(layer), x.View, activations);
            var whole = model.Capture([new Prompt("a", [.. start, .. added[..(i + 1)]])], new CaptureRequest { Layers = [random.Config.Layers] }, []);
            Assert.Equal(whole.Prompts[0].ResidPost, x.View.Row(0).ToArray());
        }
    }

    [Fact]
    public void A_condition_is_asked_after_every_token_with_all_tokens_so_far()
    {
        using var random = new RandomCase(21);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        var seen = new List<(int Prompt, int[] Tokens)>();
        var generated = model.Generate(random.Prompts, new GenerationRequest { MaxNewTokens = 6, Stop = Ask }, random.Adapters);
        Assert.Equal(generated.Sum(item => item.Tokens.Length), seen.Count);
        Assert.All(seen, item => Assert.Equal(generated[item.Prompt].Tokens[..item.Tokens.Length], item.Tokens));

        bool Ask(int prompt, IReadOnlyList<int> tokens)
        {
            seen.Add((prompt, [.. tokens]));
            return false;
        }
    }

    [Fact]
    public void A_continuation_ends_at_a_stop_token_at_a_condition_or_at_its_length()
    {
        using var random = new RandomCase(5);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        var free = model.Generate(random.Prompts, new GenerationRequest { MaxNewTokens = 6 }, random.Adapters);
        Assert.All(free, item => Assert.Equal(StopReason.Length, item.Reason));
        int[] tokens = free[0].Tokens;
        int stop = tokens[^1], first = Array.IndexOf(tokens, stop);
        var stopped = model.Generate([random.Prompts[0]], new GenerationRequest { MaxNewTokens = 6, StopTokens = new HashSet<int> { stop } }, random.Adapters)[0];
        Assert.Equal((StopReason.StopToken, first), (stopped.Reason, stopped.Tokens.Length));
        Assert.Equal(tokens[..first], stopped.Tokens);
        var held = model.Generate([random.Prompts[0]], new GenerationRequest { MaxNewTokens = 6, Stop = (prompt, seen) => prompt == 0 && seen.Count == 2 }, random.Adapters)[0];
        Assert.Equal(StopReason.Condition, held.Reason);
        Assert.Equal(tokens[..2], held.Tokens);
    }

    [Fact]
    public void A_prompt_grows_to_the_last_position_and_no_further()
    {
        using var random = new RandomCase(6);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        int most = random.Config.MaxPositions;
        Prompt[] prompts = [new("full", random.Tokens(most)), new("nearly", random.Tokens(most - 2)), new("short", random.Tokens(3))];
        var generated = model.Generate(prompts, new GenerationRequest { MaxNewTokens = 5 }, random.Adapters);
        Assert.Equal([1, 2, 5], generated.Select(item => item.Tokens.Length));
        Assert.Equal(most - 3, model.Generate([prompts[2]], new GenerationRequest { MaxNewTokens = int.MaxValue }, random.Adapters)[0].Tokens.Length);
        Assert.All(generated, item => Assert.Equal(StopReason.Length, item.Reason));
        Assert.Throws<BadInputException>(() => model.Generate([new("long", random.Tokens(most + 1))], new GenerationRequest { MaxNewTokens = 1 }, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Generate(prompts, new GenerationRequest { MaxNewTokens = 0 }, []));
    }

    private static GeneratedTokens Plainly(LanguageModel model, Prompt prompt, GenerationRequest request, RandomCase random)
    {
        var tokens = new List<int>();
        while (true)
        {
            var grown = prompt with { Tokens = [.. prompt.Tokens, .. tokens] };
            int next = TokenScores.Greatest(model.Capture([grown], new CaptureRequest { Taps = CaptureTaps.Logits }, random.Adapters).Prompts[0].Logits);
            if (request.StopTokens.Contains(next)) return new GeneratedTokens([.. tokens], StopReason.StopToken);
            tokens.Add(next);
            if (tokens.Count == request.MaxNewTokens || prompt.Tokens.Length + tokens.Count >= random.Config.MaxPositions) return new GeneratedTokens([.. tokens], StopReason.Length);
        }
    }
}
