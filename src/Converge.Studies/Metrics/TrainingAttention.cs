using Converge.Studies.Statistics;

namespace Converge.Studies.Metrics;

/// <summary>
/// M8: whether ICL attends to the demonstration tokens that tuning weighs (Dai et al. 2023): ICL's attention from the last token to each demonstration
/// token against the inner product of the query's attention query with that of the same token in tuning.
/// </summary>
public static class TrainingAttention
{
    /// <summary>Of how many tokens the recall is taken [ours].</summary>
    public const int Tokens = 10;

    /// <summary>The inner products of <paramref name="query"/> with every row of <paramref name="training"/>: the weights that a gradient step gives to training tokens.</summary>
    /// <param name="training">[tokens, head]: the attention queries of the training tokens.</param>
    /// <param name="query">[head]: that of the last token of the query.</param>
    public static double[] Weights(StateMatrix training, ReadOnlySpan<double> query)
    {
        var weights = new double[training.Rows];
        for (int token = 0; token < weights.Length; token++) weights[token] = InnerProduct.Of(training[token], query);
        return weights;
    }

    /// <summary>Kendall's tau-b of attention and weights over the training tokens, in [-1, 1]; null where either is constant.</summary>
    public static double? Tau(ReadOnlySpan<double> attention, ReadOnlySpan<double> weights) => Correlation.Kendall(attention, weights);

    /// <summary>
    /// Of the k training tokens of the greatest weight, the share that are among the k of the greatest attention; of equal ones the earlier first. Null
    /// where there are no more than k tokens, so that every choice is the whole.
    /// </summary>
    public static double? Recall(ReadOnlySpan<double> attention, ReadOnlySpan<double> weights, int k) =>
        attention.Length <= k ? null : Top.Of(weights, k).Intersect(Top.Of(attention, k)).Count() / (double)k;
}
