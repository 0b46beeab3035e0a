using Converge.Engine.Model;

namespace Converge.Report;

/// <summary>How large a checkpoint is.</summary>
public static class CheckpointSize
{
    /// <summary>The number of parameters of a Llama-family model: embedding, head where it is not the embedding, linear layers with their biases, norms.</summary>
    public static long ParametersOf(ModelConfig config) =>
        (long)config.VocabSize * config.HiddenSize * (config.TieWordEmbeddings ? 1 : 2) + config.HiddenSize
        + config.Layers * (config.LinearParametersPerLayer + 2L * config.HiddenSize + (config.QkvBias ? config.QueryWidth + 2L * config.KeyValueWidth : 0) + (config.OutputBias ? config.HiddenSize : 0));
}
