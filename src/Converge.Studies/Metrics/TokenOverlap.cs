using Converge.Engine.Capture;

namespace Converge.Studies.Metrics;

/// <summary>M12: how far two conditions agree on the likeliest next tokens (Shen et al. 2024, "Position: Do pretrained Transformers Learn In-Context by Gradient Descent?").</summary>
public static class TokenOverlap
{
    /// <summary>K, the number of tokens.</summary>
    public const int Tokens = 10;

    /// <summary>The size of the intersection of the two sets of the K likeliest tokens, over K; in [0, 1].</summary>
    /// <param name="first">Log-probabilities over the vocabulary under one condition.</param>
    /// <param name="second">Under the other.</param>
    /// <param name="k">K.</param>
    public static double Share(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int k = Tokens) =>
        TokenScores.Top(first, Math.Min(k, first.Length)).Intersect(TokenScores.Top(second, Math.Min(k, first.Length))).Count() / (double)Math.Min(k, first.Length);

    /// <summary>The cosine of the two vectors of probabilities over the union of the two sets; null where one has no probability there.</summary>
    public static double? Confidence(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int k = Tokens)
    {
        k = Math.Min(k, first.Length);
        int[] union = [.. TokenScores.Top(first, k).Union(TokenScores.Top(second, k)).Order()];
        double[] a = new double[union.Length], b = new double[union.Length];
        for (int i = 0; i < union.Length; i++)
        {
            a[i] = Math.Exp(first[union[i]]);
            b[i] = Math.Exp(second[union[i]]);
        }
        return Cosine.Of(a, b);
    }
}
