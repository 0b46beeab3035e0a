using Converge.Engine.Checkpoints;
using Converge.Engine.Model;
using Converge.Engine.Tests.Checkpoints;

namespace Converge.Engine.Tests.Memory;

/// <summary>A small random model with a vocabulary of more than one chunk, all biases and any number of layers.</summary>
internal sealed class SmallModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallModel(int layers)
    {
        Config = new()
        {
            Architecture = "LlamaForCausalLM",
            HiddenSize = 64,
            IntermediateSize = 176,
            Layers = layers,
            Heads = 4,
            KeyValueHeads = 2,
            HeadDim = 16,
            VocabSize = 5000,
            MaxPositions = 64,
            RmsNormEps = 1e-5,
            RopeTheta = 1e4,
            TieWordEmbeddings = false,
            QkvBias = true,
            OutputBias = true,
        };
        RandomCheckpoint.Write(_folder.Path, Config, 5);
        Checkpoint = Checkpoint.Open(_folder.Path);
    }

    public ModelConfig Config { get; }

    public Checkpoint Checkpoint { get; }

    public int[] Tokens(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Config.VocabSize))];
    }

    public void Dispose()
    {
        Checkpoint.Dispose();
        _folder.Dispose();
    }
}
