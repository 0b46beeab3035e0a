namespace Converge.Engine.Capture;

/// <summary>
/// What is kept of a pass beside <c>final_norm</c>. "Blocks kept" are the request's layers but for 0, the embedding: block i is the one whose output is layer i
/// of the residual stream. In brackets, the shape of one prompt's values.
/// </summary>
[Flags]
public enum CaptureTaps
{
    /// <summary>Nothing else.</summary>
    None = 0,

    /// <summary><c>resid_post</c> [layers kept, positions kept, hidden]: the residual stream after a block, or the embedding.</summary>
    ResidPost = 1,

    /// <summary>
    /// <c>attn_out</c> [blocks kept, positions kept, hidden]: the output of the self-attention module, that is of o_proj with its bias and adapter, before it
    /// is added to the residual stream. This is the vector whose L2-normalised differences make SimAOU (Dai et al. 2023, arXiv 2212.10559, section 4.3).
    /// </summary>
    AttnOut = 2,

    /// <summary>
    /// <c>attn_scores</c> [blocks kept, heads, tokens]: the last token's scores over every token of its prompt, itself included, in the prompt's order:
    /// q.k / sqrt(head width), both rotated, before the softmax. SimAM compares them (Dai et al. 2023, section 4.3).
    /// </summary>
    AttnScores = 4,

    /// <summary>
    /// <c>q</c> [blocks kept, positions kept, heads, head width]: q_proj's output with its bias and adapter, before rotary positions and without the factor
    /// 1 / sqrt(head width). The inner product of two of them over all heads is how much tuning attends to a training token in Dai et al. 2023, section 4.6;
    /// their models add positions at the input, so there is no rotation there, and rotated queries of unrelated sequences would compare positions too.
    /// </summary>
    Queries = 8,

    /// <summary><c>k</c> [blocks kept, positions kept, key-value heads, head width]: k_proj's output with its bias and adapter, before rotary positions.</summary>
    Keys = 16,

    /// <summary><c>logits</c> [vocabulary]: the last token's, whatever positions are kept; <see cref="TokenScores"/> turns them into log-probabilities.</summary>
    Logits = 32,
}
