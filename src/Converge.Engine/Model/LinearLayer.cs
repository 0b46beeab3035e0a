namespace Converge.Engine.Model;

/// <summary>The seven linear layers of a Llama block, in the order of the computation; an adapter may sit on any of them.</summary>
public enum LinearLayer
{
    /// <summary>Query projection.</summary>
    QProj,

    /// <summary>Key projection.</summary>
    KProj,

    /// <summary>Value projection.</summary>
    VProj,

    /// <summary>Attention output projection.</summary>
    OProj,

    /// <summary>Gate of the SwiGLU feed-forward network.</summary>
    GateProj,

    /// <summary>Up projection of the feed-forward network.</summary>
    UpProj,

    /// <summary>Down projection of the feed-forward network.</summary>
    DownProj,
}

/// <summary>Names and shapes of the linear layers.</summary>
public static class LinearLayers
{
    /// <summary>All seven, in the order of the computation.</summary>
    public static IReadOnlyList<LinearLayer> All { get; } = Enum.GetValues<LinearLayer>();

    /// <summary>The name in a Hugging Face checkpoint: <c>q_proj</c>, ..., <c>down_proj</c>.</summary>
    public static string Name(this LinearLayer layer) => layer switch
    {
        LinearLayer.QProj => "q_proj",
        LinearLayer.KProj => "k_proj",
        LinearLayer.VProj => "v_proj",
        LinearLayer.OProj => "o_proj",
        LinearLayer.GateProj => "gate_proj",
        LinearLayer.UpProj => "up_proj",
        LinearLayer.DownProj => "down_proj",
        _ => throw new ArgumentOutOfRangeException(nameof(layer)),
    };

    /// <summary>The module path inside a block: <c>self_attn.q_proj</c>, <c>mlp.gate_proj</c>, ...</summary>
    public static string ModulePath(this LinearLayer layer) => (layer <= LinearLayer.OProj ? "self_attn." : "mlp.") + layer.Name();

    /// <summary>The shape of the weight, [out, in].</summary>
    public static (int Out, int In) Shape(this LinearLayer layer, ModelConfig config) => layer switch
    {
        LinearLayer.QProj => (config.QueryWidth, config.HiddenSize),
        LinearLayer.KProj or LinearLayer.VProj => (config.KeyValueWidth, config.HiddenSize),
        LinearLayer.OProj => (config.HiddenSize, config.QueryWidth),
        LinearLayer.GateProj or LinearLayer.UpProj => (config.IntermediateSize, config.HiddenSize),
        LinearLayer.DownProj => (config.HiddenSize, config.IntermediateSize),
        _ => throw new ArgumentOutOfRangeException(nameof(layer)),
    };
}
