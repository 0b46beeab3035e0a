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

    /// <summary>
    /// M8: ICL's attention to the tokens of the demonstrations against what tuning on them weighs. Takes the attention scores of the last token, and a pass of the
    /// tuned model over the tuning rows and the IT prompts.
    /// </summary>
    TrainingAttention,

    /// <summary>M13: the next token's distribution under ten orders of the demonstrations, each of which is a pass over all queries.</summary>
    Order,

    /// <summary>M15: overlap of the adapters of two runs. Every unit stores the left singular vectors of its updates: 4 bytes x rank x outputs for each adapted layer.</summary>
    Adapters,

    /// <summary>Greedy decoding under anchor, ICL and IT in tasks without labels, compared with the references by chrF and BLEU.</summary>
    Generation,
}
