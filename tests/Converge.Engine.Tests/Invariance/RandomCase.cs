using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tests.Checkpoints;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Tests.Invariance;

/// <summary>A random small model of odd shape, prompts that share prefixes and adapters, all from one seed.</summary>
internal sealed class RandomCase : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RandomCase(ulong seed)
    {
        Random = new RandomStream(seed);
        int kvHeads = 1 + Random.Next(3), group = 1 + Random.Next(3), headDim = 2 * (1 + Random.Next(12));
        Config = new ModelConfig
        {
            Architecture = "LlamaForCausalLM",
            HiddenSize = 3 + Random.Next(70),
            IntermediateSize = 5 + Random.Next(90),
            Layers = 1 + Random.Next(3),
            Heads = kvHeads * group,
            KeyValueHeads = kvHeads,
            HeadDim = headDim,
            VocabSize = 11 + Random.Next(60),
            MaxPositions = 64,
            RmsNormEps = 1e-5,
            RopeTheta = 1e4,
            TieWordEmbeddings = Random.Next(2) == 0,
        };
        RandomCheckpoint.Write(_folder.Path, Config, seed, Random.Next(2) == 0 ? ElementType.F32 : ElementType.BF16);
        Checkpoint = Checkpoint.Open(_folder.Path);
        Adapters = [.. Enumerable.Range(0, 2).Select(i => Adapter((ulong)i + 1))];
        Prompts = RandomPrompts();
    }

    public RandomStream Random { get; }

    public ModelConfig Config { get; }

    public Checkpoint Checkpoint { get; }

    public IReadOnlyList<LoraAdapter> Adapters { get; }

    public IReadOnlyList<Prompt> Prompts { get; }

    /// <summary>An adapter whose B is not zero, so that it does something.</summary>
    public LoraAdapter Adapter(ulong seed, double dropout = 0)
    {
        var recipe = new LoraRecipe(1 + Random.Next(9), 16, dropout, Random.Next(2) == 0 ? LinearLayers.All : [LinearLayer.QProj, LinearLayer.VProj]);
        var fresh = LoraInitialization.Create(recipe, Config, seed);
        foreach (var pair in fresh.Blocks.SelectMany(block => block.Values))
            for (int i = 0; i < pair.B.Length; i++) pair.B[i] = (float)(0.1 * Philox.NormalAt(seed, 77, (ulong)i));
        return fresh;
    }

    public int[] Tokens(int length) => [.. Enumerable.Range(0, length).Select(_ => Random.Next(Config.VocabSize))];

    public void Dispose()
    {
        Checkpoint.Dispose();
        _folder.Dispose();
    }

    // Every prompt extends a cut of an earlier one, or begins anew; some are equal, some are prefixes of others.
    private List<Prompt> RandomPrompts()
    {
        var prompts = new List<Prompt>();
        int count = 3 + Random.Next(14);
        for (int i = 0; i < count; i++)
        {
            int[] start = i > 0 && Random.Next(4) > 0 ? prompts[Random.Next(i)].Tokens : [];
            start = start[..Random.Next(start.Length + 1)];
            int[] tokens = [.. start, .. Tokens(Math.Min(Config.MaxPositions - start.Length, (start.Length == 0 ? 1 : 0) + Random.Next(20)))];
            prompts.Add(new Prompt($"p{i}", tokens, Random.Next(3) - 1));
        }
        return prompts;
    }
}
