namespace Converge.Studies.Metrics;

/// <summary>The names in the column <c>tap</c> of the tables: where in the model a value was taken.</summary>
public static class Taps
{
    /// <summary>The residual stream: layer 0 is the embedding, i the output of block i, before the final norm.</summary>
    public const string ResidPost = "resid_post";

    /// <summary>The last layer after the final norm: the headline.</summary>
    public const string FinalNorm = "final_norm";

    /// <summary>The self-attention output of a block at the last token.</summary>
    public const string AttnOut = "attn_out";

    /// <summary>The last token's attention scores in a block, before the softmax.</summary>
    public const string AttnScores = "attn_scores";

    /// <summary>The model's output distribution, from which the log-probabilities of answers come.</summary>
    public const string Logits = "logits";
}
