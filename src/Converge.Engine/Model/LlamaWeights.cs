using Converge.Numerics;

namespace Converge.Engine.Model;

/// <summary>The weights of a Llama-family model where they lie. Views only: whoever made them keeps the memory alive.</summary>
public sealed class LlamaWeights
{
    /// <summary><c>model.embed_tokens.weight</c>, [vocabulary, hidden].</summary>
    public required WeightView Embedding { get; init; }

    /// <summary>The blocks.</summary>
    public required IReadOnlyList<BlockWeights> Blocks { get; init; }

    /// <summary><c>model.norm.weight</c>, [1, hidden].</summary>
    public required WeightView FinalNorm { get; init; }

    /// <summary><c>lm_head.weight</c>, [vocabulary, hidden]; the same view as <see cref="Embedding"/> where the two are tied.</summary>
    public required WeightView Head { get; init; }

    /// <summary>True if <see cref="Head"/> is <see cref="Embedding"/>.</summary>
    public unsafe bool IsTied => Head.Data == Embedding.Data;
}

/// <summary>The weights of one block.</summary>
public sealed class BlockWeights
{
    private readonly WeightView[] _linear = new WeightView[LinearLayers.All.Count];
    private readonly WeightView[] _bias = new WeightView[LinearLayers.All.Count];

    /// <summary><c>input_layernorm.weight</c>, [1, hidden].</summary>
    public required WeightView InputNorm { get; init; }

    /// <summary><c>post_attention_layernorm.weight</c>, [1, hidden].</summary>
    public required WeightView PostAttentionNorm { get; init; }

    /// <summary>The weight of a linear layer, [out, in].</summary>
    public WeightView this[LinearLayer layer] => _linear[(int)layer];

    /// <summary>The bias of a linear layer, [1, out], or an absent view.</summary>
    public WeightView Bias(LinearLayer layer) => _bias[(int)layer];

    /// <summary>Sets the bias of a linear layer while the block is being built.</summary>
    public void SetBias(LinearLayer layer, WeightView bias) => _bias[(int)layer] = bias;

    /// <summary>Sets the weight of a linear layer while the block is being built.</summary>
    public void SetLinear(LinearLayer layer, WeightView weight) => _linear[(int)layer] = weight;
}
