namespace Converge.Studies.Metrics;

/// <summary>The names in the column <c>metric</c> of the tables.</summary>
public static class MetricNames
{
    /// <summary>M1: cosine of two states of the same query.</summary>
    public const string Cosine = "cosine";

    /// <summary>M2: cosine after each condition's mean over the unit's queries is subtracted.</summary>
    public const string CentredCosine = "centred_cosine";

    /// <summary>M3: cosine of the two shifts away from the anchor, ICL's and IT's.</summary>
    public const string ShiftCosine = "shift_cosine";

    /// <summary>M3: length of ICL's shift over the length of IT's.</summary>
    public const string ShiftNormRatio = "shift_norm_ratio";

    /// <summary>C1: mean cosine between states of different queries under the same condition.</summary>
    public const string Anisotropy = "anisotropy";

    /// <summary>M10: whether the most probable label is the gold one.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>M11: whether two conditions predict the same label.</summary>
    public const string Agreement = "agreement";

    /// <summary>Mean log-probability of a reference answer's tokens, in nats.</summary>
    public const string LogLikelihood = "log_likelihood_per_token";

    /// <summary>The exponential of the negative mean log-probability over the tokens of all references of a unit.</summary>
    public const string Perplexity = "perplexity";

    /// <summary>Negative log-probability of all references of a unit, in bits, over their length in bytes of UTF-8.</summary>
    public const string BitsPerByte = "bits_per_byte";
}
