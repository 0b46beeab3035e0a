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
}
