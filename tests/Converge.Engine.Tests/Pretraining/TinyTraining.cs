using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Pretraining;
using Converge.Engine.Tuning;
using Converge.Numerics;

namespace Converge.Engine.Tests.Pretraining;

/// <summary>A model of odd shape with biases and its own head, and batches of random documents.</summary>
internal static class TinyTraining
{
    public static readonly PretrainUpdate AdamW = new(LearningRate: 0.01, Beta1: 0.9, Beta2: 0.98, Epsilon: 1e-8, WeightDecay: 0.1, LargestNorm: 1);
    public static readonly PretrainUpdate Muon = AdamW with { MuonMomentum = 0.9 };

    public static ModelConfig Config { get; } = new()
    {
        Architecture = "LlamaForCausalLM",
        HiddenSize = 18,
        IntermediateSize = 29,
        Layers = 2,
        Heads = 3,
        KeyValueHeads = 1,
        HeadDim = 6,
        VocabSize = 21,
        MaxPositions = 48,
        RmsNormEps = 1e-5,
        RopeTheta = 1e4,
        TieWordEmbeddings = false,
        QkvBias = true,
        OutputBias = true,
    };

    public static Pretrainer Start(int threads = 1, ulong seed = 5, ModelConfig? config = null) => Pretrainer.Start(config ?? Config, new InitialScales(0.5, 1, 1), seed, threads);

    /// <summary>Documents of up to 40 tokens, some of which do not count.</summary>
    public static IReadOnlyList<TrainingSequence> Batch(int index, int documents = 5)
    {
        var random = new RandomStream(8, (ulong)index);
        return [.. Enumerable.Range(0, documents).Select(_ =>
        {
            int length = 2 + random.Next(39);
            return new TrainingSequence([.. Enumerable.Range(0, length).Select(_ => random.Next(Config.VocabSize))], [.. Enumerable.Range(0, length).Select(i => i % 3 == 2 ? 0 : random.NextDouble())]);
        })];
    }

    /// <summary>Everything that an update changes, by tensor.</summary>
    public static Dictionary<string, float[]> Values(Pretrainer trainer) => new (string Part, ModelParameters<float> Of)[] { ("weight", trainer.Parameters), ("first", trainer.First), ("second", trainer.Second) }
        .SelectMany(part => part.Of.Names.Select(name => ($"{part.Part} {name}", part.Of[name].Span.ToArray()))).ToDictionary(pair => pair.Item1, pair => pair.Item2);

    public static void AssertSame(Pretrainer expected, Pretrainer actual)
    {
        Assert.Equal(expected.Updates, actual.Updates);
        var (one, other) = (Values(expected), Values(actual));
        Assert.Equal(one.Keys, other.Keys);
        foreach (var name in one.Keys) Assert.True(one[name].AsSpan().SequenceEqual(other[name]), name);
    }

    public static bool IsVector(string name) => LlamaTensors.Of(Config).Single(tensor => name.EndsWith(" " + tensor.Name, StringComparison.Ordinal)).IsVector;
}
