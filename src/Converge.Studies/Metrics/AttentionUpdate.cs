namespace Converge.Studies.Metrics;

/// <summary>M6: SimAOU, how alike ICL and tuning change what self-attention puts out (Dai et al. 2023, "Why Can GPT Learn In-Context?").</summary>
public static class AttentionUpdate
{
    /// <summary>
    /// cos(a_icl - a_anchor, a_it - a_anchor) for each query, a being a block's self-attention output at the last token divided by its length. Null
    /// where an output is zero or an update is.
    /// </summary>
    /// <param name="anchor">[queries, hidden]: the attention outputs under the anchor.</param>
    /// <param name="icl">Under ICL.</param>
    /// <param name="it">Under IT.</param>
    public static double?[] PerQuery(StateMatrix anchor, StateMatrix icl, StateMatrix it)
    {
        var from = anchor.Normalised();
        return Cosine.PerQuery(icl.Normalised().Minus(from), it.Normalised().Minus(from));
    }
}
