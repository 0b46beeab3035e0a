using Converge.Engine;
using Converge.Engine.Checkpoints;
using Converge.Engine.Model;

namespace Converge.Cli.Tests.Running;

/// <summary>A small Llama with random weights and a tokenizer of bytes. It has learnt nothing.</summary>
internal static class RandomModel
{
    private const ulong Seed = 20231117;

    /// <summary>The shape.</summary>
    public static ModelConfig Config { get; } = new()
    {
        Architecture = "LlamaForCausalLM",
        HiddenSize = 64,
        IntermediateSize = 176,
        Layers = 4,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 16,
        VocabSize = ByteTokenizer.VocabSize,
        MaxPositions = 2048,
        RmsNormEps = 1e-5,
        RopeTheta = 10000,
        TieWordEmbeddings = true,
        BosId = ByteTokenizer.BosId,
        EosIds = [ByteTokenizer.EosId],
    };

    /// <summary>Writes the checkpoint; the same bytes every time.</summary>
    /// <exception cref="BadInputException">The folder cannot be written.</exception>
    public static void Write(string directory)
    {
        ByteTokenizer.Write(directory);
        RandomCheckpoint.Write(directory, Config, Seed);
    }
}
