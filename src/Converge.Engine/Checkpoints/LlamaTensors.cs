using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Checkpoints;

/// <summary>One tensor of a Llama checkpoint: its Hugging Face name, its shape as a matrix, and where it is found in the weights.</summary>
/// <param name="Name">The name, for example <c>model.layers.0.self_attn.q_proj.weight</c>.</param>
/// <param name="Rows">Rows; 1 for a norm's weight or a bias, which the file stores with one side.</param>
/// <param name="Columns">Columns.</param>
/// <param name="In">Picks the tensor out of a model's weights.</param>
internal sealed record LlamaTensor(string Name, int Rows, int Columns, Func<LlamaWeights, WeightView> In)
{
    /// <summary>True for a norm's weight or a bias: one side in the file.</summary>
    public required bool IsVector { get; init; }

    /// <summary>The shape as a file stores it.</summary>
    public long[] FileShape => IsVector ? [Columns] : [Rows, Columns];
}

/// <summary>The tensors that a configuration asks for, in the order of the computation. The only place that knows Hugging Face's names.</summary>
internal static class LlamaTensors
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string FinalNorm = "model.norm.weight";
    public const string Head = "lm_head.weight";

    /// <summary>Every tensor; the head only where it is not the embedding.</summary>
    public static IEnumerable<LlamaTensor> Of(ModelConfig config)
    {
        yield return Matrix(Embedding, config.VocabSize, config.HiddenSize, weights => weights.Embedding);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            int l = layer;
            yield return Vector(InputNorm(l), config.HiddenSize, weights => weights.Blocks[l].InputNorm);
            foreach (var linear in LinearLayers.All)
            {
                if (linear == LinearLayer.GateProj) yield return Vector(PostAttentionNorm(l), config.HiddenSize, weights => weights.Blocks[l].PostAttentionNorm);
                var (output, input) = linear.Shape(config);
                yield return Matrix(Weight(l, linear), output, input, weights => weights.Blocks[l][linear]);
                if (HasBias(config, linear)) yield return Vector(Bias(l, linear), output, weights => weights.Blocks[l].Bias(linear));
            }
        }
        yield return Vector(FinalNorm, config.HiddenSize, weights => weights.FinalNorm);
        if (!config.TieWordEmbeddings) yield return Matrix(Head, config.VocabSize, config.HiddenSize, weights => weights.Head);
    }

    /// <summary>The weights whose tensors <paramref name="find"/> gives by name, rows and columns.</summary>
    public static LlamaWeights Assemble(ModelConfig config, Func<string, int, int, WeightView> find)
    {
        var embedding = find(Embedding, config.VocabSize, config.HiddenSize);
        var blocks = new BlockWeights[config.Layers];
        for (int layer = 0; layer < blocks.Length; layer++)
        {
            var block = blocks[layer] = new BlockWeights
            {
                InputNorm = find(InputNorm(layer), 1, config.HiddenSize),
                PostAttentionNorm = find(PostAttentionNorm(layer), 1, config.HiddenSize),
            };
            foreach (var linear in LinearLayers.All)
            {
                var (output, input) = linear.Shape(config);
                block.SetLinear(linear, find(Weight(layer, linear), output, input));
                if (HasBias(config, linear)) block.SetBias(linear, find(Bias(layer, linear), 1, output));
            }
        }
        return new LlamaWeights
        {
            Embedding = embedding,
            Blocks = blocks,
            FinalNorm = find(FinalNorm, 1, config.HiddenSize),
            Head = config.TieWordEmbeddings ? embedding : find(Head, config.VocabSize, config.HiddenSize),
        };
    }

    private static bool HasBias(ModelConfig config, LinearLayer layer) => layer switch
    {
        LinearLayer.QProj or LinearLayer.KProj or LinearLayer.VProj => config.QkvBias,
        LinearLayer.OProj => config.OutputBias,
        _ => false,
    };

    private static string InputNorm(int layer) => $"model.layers.{layer}.input_layernorm.weight";

    private static string PostAttentionNorm(int layer) => $"model.layers.{layer}.post_attention_layernorm.weight";

    private static string Weight(int layer, LinearLayer linear) => $"model.layers.{layer}.{linear.ModulePath()}.weight";

    private static string Bias(int layer, LinearLayer linear) => $"model.layers.{layer}.{linear.ModulePath()}.bias";

    private static LlamaTensor Matrix(string name, int rows, int columns, Func<LlamaWeights, WeightView> get) => new(name, rows, columns, get) { IsVector = false };

    private static LlamaTensor Vector(string name, int columns, Func<LlamaWeights, WeightView> get) => new(name, 1, columns, get) { IsVector = true };
}
