namespace Converge.Studies.Spec;

/// <summary>Metrics that take more of a pass than the last token's states, and so are measured only where a study asks for them.</summary>
public enum ExtraMetrics
{
    /// <summary>M6 and M7: self-attention's outputs and scores of the last token. Memory while a wave runs: 4 bytes x blocks x heads x tokens a prompt.</summary>
    Attention,

    /// <summary>M10 to M12 and M14 over the whole vocabulary. Memory while a wave runs: 4 bytes x vocabulary a prompt.</summary>
    Vocabulary,

    /// <summary>M16: the anchor answers once more for every layer, with its last token's state taken from ICL and from IT.</summary>
    TaskVector,
}
