using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tests.Invariance;
using FsCheck;
using FsCheck.Fluent;

namespace Converge.Engine.Tests.Capture;

/// <summary>Patches change what comes after them, exactly as if the state had been computed so, and nothing else.</summary>
public sealed class PatchTests
{
    private static readonly CaptureRequest All = new() { Taps = SameStates.Every, Positions = Positions.All };

    [Fact]
    public void A_prompts_own_state_changes_no_bit() => ForRandomCases(20, (random, model) =>
    {
        var plain = model.Capture(random.Prompts, Scored(random), random.Adapters);
        var patches = RandomPlaces(random, 12).Select(place => new Patch(place.Prompt, place.Layer, place.Position, State(random, plain.Prompts[place.Prompt], place))).ToList();
        SameStates.Check(plain, model.Capture(random.Prompts, Scored(random) with { Patches = patches }, random.Adapters));
    });

    [Fact]
    public void What_a_patch_does_depends_on_neither_company_nor_sharing_nor_threads() => ForRandomCases(20, (random, model) =>
    {
        var patches = RandomPlaces(random, 6).Select((place, i) => new Patch(place.Prompt, place.Layer, place.Position, Vector(random), i % 2 == 0 ? PatchKind.Replace : PatchKind.Add)).ToList();
        // Copies of one prompt, of which one is patched: they have all their tokens in common.
        Prompt[] prompts = [.. random.Prompts, .. random.Prompts.Select((prompt, i) => prompt with { Id = $"copy {i}" })];
        var request = Scored(random) with { Patches = patches };
        var together = model.Capture(prompts, request, random.Adapters);
        SameStates.Check(together, model.Capture(prompts, request with { SharePrefixes = false }, random.Adapters));
        using var one = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 1);
        var plain = one.Capture(random.Prompts, Scored(random), random.Adapters);
        for (int i = 0; i < random.Prompts.Count; i++)
        {
            SameStates.Check(plain.Prompts[i], together.Prompts[random.Prompts.Count + i]);
            List<Patch> own = [.. patches.Where(patch => patch.Prompt == i).Select(patch => patch with { Prompt = 0 })];
            var continuations = request.Continuations.Where(continuation => continuation.Prompt == i).Select(continuation => continuation with { Prompt = 0 });
            var alone = one.Capture([prompts[i]], request with { Patches = own, Continuations = [.. continuations] }, random.Adapters);
            SameStates.Check(together.Prompts[i], alone.Prompts[0]);
            Assert.Equal(together.LogProbabilities.Where((_, c) => request.Continuations[c].Prompt == i), alone.LogProbabilities);
        }
    });

    [Fact]
    public void Another_tokens_embedding_makes_the_prompt_with_that_token() => ForRandomCases(10, (random, model) =>
    {
        var place = RandomPlaces(random, 1)[0] with { Layer = 0 };
        var prompt = random.Prompts[place.Prompt] with { Id = "a" };
        int token = random.Tokens(1)[0];
        var other = prompt with { Id = "b", Tokens = [.. prompt.Tokens[..place.Position], token, .. prompt.Tokens[(place.Position + 1)..]] };
        var embedding = model.Capture([new Prompt("token", [token])], new CaptureRequest { Layers = [0] }, []).Prompts[0].ResidPost;
        var captured = model.Capture([prompt, other], All with { Patches = [new Patch(0, 0, place.Position, embedding)] }, random.Adapters);
        SameStates.Check(captured.Prompts[1], captured.Prompts[0]);
    });

    [Fact]
    public void Another_prompts_states_at_every_position_of_a_layer_make_its_states_from_there_on() => ForRandomCases(10, (random, model) =>
    {
        int length = 1 + random.Random.Next(12), layer = random.Random.Next(random.Config.Layers + 1), width = random.Config.HiddenSize;
        Prompt[] prompts = [new("a", random.Tokens(length), 1), new("b", random.Tokens(length), 1)];
        var plain = model.Capture(prompts, All, random.Adapters).Prompts;
        int[] answer = random.Tokens(3);
        var patches = Enumerable.Range(0, length).Select(position => new Patch(0, layer, position, State(random, plain[1], (1, layer, position, length)))).ToList();
        var patched = model.Capture(prompts, All with { Patches = patches, Continuations = [new(0, answer), new(1, answer)] }, random.Adapters);
        int before = layer * length * width;
        Assert.Equal(plain[0].ResidPost[..before], patched.Prompts[0].ResidPost[..before]);
        Assert.Equal(plain[1].ResidPost[before..], patched.Prompts[0].ResidPost[before..]);
        Assert.Equal(plain[1].FinalNorm, patched.Prompts[0].FinalNorm);
        Assert.Equal(plain[1].Logits, patched.Prompts[0].Logits);
    });

    [Fact]
    public void The_final_state_of_another_prompt_gives_its_logits_and_its_next_token()
    {
        using var random = new RandomCase(3);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        int layers = random.Config.Layers, width = random.Config.HiddenSize, last = random.Prompts[0].Tokens.Length - 1;
        var request = new CaptureRequest { Taps = CaptureTaps.ResidPost | CaptureTaps.Logits, Continuations = [new(0, [5]), new(1, [5])] };
        var plain = model.Capture(random.Prompts, request, random.Adapters);
        var patched = model.Capture(random.Prompts, request with { Patches = [new Patch(0, layers, last, plain.Prompts[1].ResidPost[^width..])] }, random.Adapters);
        Assert.NotEqual(plain.Prompts[0].Logits, plain.Prompts[1].Logits);
        Assert.Equal(plain.Prompts[1].Logits, patched.Prompts[0].Logits);
        Assert.Equal(plain.Prompts[1].FinalNorm, patched.Prompts[0].FinalNorm);
        Assert.Equal(plain.LogProbabilities[1], patched.LogProbabilities[0]);
    }

    [Fact]
    public void Adding_is_replacing_by_the_sum_and_patches_of_one_place_follow_each_other()
    {
        using var random = new RandomCase(8);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        var place = RandomPlaces(random, 1)[0];
        var plain = model.Capture(random.Prompts, Scored(random), random.Adapters);
        float[] state = State(random, plain.Prompts[place.Prompt], place), first = Vector(random), second = Vector(random);
        float[] sum = [.. state.Select((value, i) => value + first[i] + second[i])];
        var added = Run(new(place.Prompt, place.Layer, place.Position, first, PatchKind.Add), new(place.Prompt, place.Layer, place.Position, second, PatchKind.Add));
        SameStates.Check(Run(new Patch(place.Prompt, place.Layer, place.Position, sum)), added);
        SameStates.Check(Run(new Patch(place.Prompt, place.Layer, place.Position, second)), Run(new(place.Prompt, place.Layer, place.Position, first), new(place.Prompt, place.Layer, place.Position, second)));
        Assert.Equal(sum, State(random, added.Prompts[place.Prompt], place));
        Assert.NotEqual(plain.Prompts[place.Prompt].ResidPost, added.Prompts[place.Prompt].ResidPost);

        CapturedStates Run(params Patch[] patches) => model.Capture(random.Prompts, Scored(random) with { Patches = patches }, random.Adapters);
    }

    [Fact]
    public void Tokens_before_a_patch_are_computed_once_for_all_its_variants()
    {
        int[] tokens = [1, 2, 3, 4, 5];
        var sequences = Enumerable.Repeat((tokens, -1), 4).ToList();
        var forest = PromptForest.Of(sequences, share: true, [Apartness.None, new(3, 1), new(3, 1), new(4, 2)]);
        // Shared: five tokens; a second version of the last two; a third of the last.
        Assert.Equal(5 + 2 + 1, forest.Tokens.Length);
        Assert.Equal(forest.Rows(1), forest.Rows(2));
        Assert.Equal(forest.Rows(0)[..4], forest.Rows(3)[..4]);
        Assert.NotEqual(forest.LastRow(0), forest.LastRow(3));
        Assert.Equal(Enumerable.Range(0, 4).Select(_ => tokens), Enumerable.Range(0, 4).Select(i => forest.Rows(i).Select(row => forest.Tokens[row]).ToArray()));
    }

    [Fact]
    public void Patches_that_fit_nothing_are_refused()
    {
        using var random = new RandomCase(8);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 1);
        float[] values = Vector(random);
        Assert.Contains("has no position", Assert.Throws<BadInputException>(() => Run(new(0, 0, random.Prompts[0].Tokens.Length, values))).Message);
        Assert.Contains("has no position", Assert.Throws<BadInputException>(() => Run(new(0, 0, -1, values))).Message);
        Assert.Contains("layer 99", Assert.Throws<BadInputException>(() => Run(new(0, 99, 0, values))).Message);
        Assert.Throws<ArgumentException>(() => Run(new(0, 0, 0, [1])));
        Assert.Throws<ArgumentException>(() => Run(new(-1, 0, 0, values)));

        void Run(Patch patch) => model.Capture(random.Prompts, new CaptureRequest { Patches = [patch] }, random.Adapters);
    }

    private static void ForRandomCases(int tests, Action<RandomCase, LanguageModel> body) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests), Prop.ForAll<uint>(seed =>
    {
        using var random = new RandomCase(seed);
        using var model = LlamaModel.Load(random.Checkpoint, ComputeMode.F32, 2);
        body(random, model);
    }));

    private static CaptureRequest Scored(RandomCase random) => All with
    {
        Continuations = [.. random.Prompts.Select((prompt, i) => new Continuation(i, [7, 8])).Where(continuation => random.Prompts[continuation.Prompt].Tokens.Length + 2 <= random.Config.MaxPositions)],
    };

    private static List<(int Prompt, int Layer, int Position, int Tokens)> RandomPlaces(RandomCase random, int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        int prompt = random.Random.Next(random.Prompts.Count), tokens = random.Prompts[prompt].Tokens.Length;
        return (prompt, random.Random.Next(random.Config.Layers + 1), random.Random.Next(tokens), tokens);
    })];

    private static float[] Vector(RandomCase random) => [.. Enumerable.Range(0, random.Config.HiddenSize).Select(_ => random.Random.Next(2000) / 500f - 2)];

    private static float[] State(RandomCase random, PromptStates states, (int Prompt, int Layer, int Position, int Tokens) place)
    {
        int width = random.Config.HiddenSize, at = (place.Layer * place.Tokens + place.Position) * width;
        return states.ResidPost[at..(at + width)];
    }
}
