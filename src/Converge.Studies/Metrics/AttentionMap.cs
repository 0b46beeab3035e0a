namespace Converge.Studies.Metrics;

/// <summary>M7: SimAM, how alike the last token looks at the query's tokens under two conditions, before softmax (Dai et al. 2023).</summary>
public static class AttentionMap
{
    /// <summary>The cosine of two rows of scores over the same tokens, averaged over the heads for which it is defined; null where none is.</summary>
    /// <param name="first">[heads, tokens]: the last token's scores under one condition, at the query's tokens.</param>
    /// <param name="second">Under the other; the tokens are the same.</param>
    /// <param name="heads">The number of heads.</param>
    public static double? Similarity(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int heads)
    {
        int tokens = first.Length / heads, defined = 0;
        double sum = 0;
        for (int head = 0; head < heads; head++)
        {
            if (Cosine.Of(first.Slice(head * tokens, tokens), second.Slice(head * tokens, tokens)) is not { } cosine) continue;
            sum += cosine;
            defined++;
        }
        return defined == 0 ? null : sum / defined;
    }

    /// <summary>
    /// The same of what ICL and IT change: of their scores less the anchor's (Deutch et al. 2024), for raw scores are alike before anything is
    /// learnt. Null where, in every head, one of them changes nothing.
    /// </summary>
    public static double? ChangeSimilarity(ReadOnlySpan<double> anchor, ReadOnlySpan<double> icl, ReadOnlySpan<double> it, int heads)
    {
        double[] byIcl = new double[anchor.Length], byIt = new double[anchor.Length];
        for (int i = 0; i < anchor.Length; i++)
        {
            byIcl[i] = icl[i] - anchor[i];
            byIt[i] = it[i] - anchor[i];
        }
        return Similarity(byIcl, byIt, heads);
    }
}
