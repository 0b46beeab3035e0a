namespace Converge.Engine.Model;

/// <summary>The shape of a Llama-family model, as its <c>config.json</c> gives it. Field names in the comments are Hugging Face's.</summary>
public sealed record ModelConfig
{
    /// <summary><c>architectures[0]</c>, for example <c>LlamaForCausalLM</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary><c>hidden_size</c>: the width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary><c>intermediate_size</c>: the width inside the feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary><c>num_hidden_layers</c>.</summary>
    public required int Layers { get; init; }

    /// <summary><c>num_attention_heads</c>: query heads.</summary>
    public required int Heads { get; init; }

    /// <summary><c>num_key_value_heads</c>: divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary><c>head_dim</c>, or <see cref="HiddenSize"/> / <see cref="Heads"/>; even.</summary>
    public required int HeadDim { get; init; }

    /// <summary><c>vocab_size</c>.</summary>
    public required int VocabSize { get; init; }

    /// <summary><c>max_position_embeddings</c>: the longest prompt, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary><c>rms_norm_eps</c>.</summary>
    public required double RmsNormEps { get; init; }

    /// <summary><c>rope_theta</c>.</summary>
    public required double RopeTheta { get; init; }

    /// <summary><c>rope_scaling</c>.</summary>
    public RopeScaling RopeScaling { get; init; } = RopeScaling.None;

    /// <summary><c>tie_word_embeddings</c>: the output head is the embedding.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>Biases on q, k and v (<c>attention_bias</c>, or Qwen2, which always has them).</summary>
    public bool QkvBias { get; init; }

    /// <summary>A bias on o_proj (<c>attention_bias</c> of Llama; Qwen2 has none).</summary>
    public bool OutputBias { get; init; }

    /// <summary><c>bos_token_id</c>, if any.</summary>
    public int? BosId { get; init; }

    /// <summary><c>eos_token_id</c>: none, one or several.</summary>
    public IReadOnlyList<int> EosIds { get; init; } = [];

    /// <summary>The width of all query heads together.</summary>
    public int QueryWidth => Heads * HeadDim;

    /// <summary>The width of all key (or value) heads together.</summary>
    public int KeyValueWidth => KeyValueHeads * HeadDim;

    /// <summary>Parameters of one block's seven linear layers.</summary>
    public long LinearParametersPerLayer => LinearLayers.All.Sum(layer => (long)layer.Shape(this).Out * layer.Shape(this).In);
}

/// <summary>How rotary frequencies are scaled.</summary>
public enum RopeScalingKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Every frequency divided by the factor (position interpolation).</summary>
    Linear,

    /// <summary>Llama 3's scheme: low frequencies divided by the factor, high ones kept, a ramp between.</summary>
    Llama3,
}

/// <summary><c>rope_scaling</c> of a <c>config.json</c>. The three last numbers matter for <see cref="RopeScalingKind.Llama3"/> only.</summary>
public sealed record RopeScaling(RopeScalingKind Kind, double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions)
{
    /// <summary>No scaling.</summary>
    public static RopeScaling None { get; } = new(RopeScalingKind.None, 1, 1, 1, 0);

    /// <summary>Every frequency divided by <paramref name="factor"/>.</summary>
    public static RopeScaling Linear(double factor) => new(RopeScalingKind.Linear, factor, 1, 1, 0);
}
