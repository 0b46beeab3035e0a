namespace Converge.Studies.Statistics;

/// <summary>
/// Tests of means over runs by several roads, of which the largest p-value counts. Permutation is exact where runs are exchangeable, whatever their tails, and wrong too often
/// where they are skewed about a threshold or two samples have other sizes and spreads; the studentised bootstrap follows skewness and spreads, and is
/// wrong too often with heavy tails. What all reject is rejected about as often as it should be in all of these cases (docs/decisions/0004).
/// </summary>
/// <param name="options">Of the permutations; there are as many resamples as random permutations.</param>
public sealed class MeanTests(PermutationOptions options)
{
    private readonly ClusterBootstrap _bootstrap = new(new BootstrapOptions { Resamples = options.Permutations, Seed = options.Seed });

    /// <summary>
    /// The p-values of "the mean is the threshold", by signs flipped about it (<see cref="SignFlipTest"/>) and by the bootstrap, which needs
    /// <see cref="ClusterBootstrap.FewestRuns"/>; null without values.
    /// </summary>
    /// <param name="values">One value a run; none is infinite or undefined.</param>
    /// <param name="threshold">The mean under the hypothesis.</param>
    public PValues? OfMean(IReadOnlyList<double> values, double threshold) =>
        SignFlipTest.Of([.. values.Select(value => value - threshold)], options) is { } flipped ? Larger(flipped, _bootstrap.PValuesOfMean(values, threshold)) : null;

    /// <summary>
    /// The p-values of "the mean of the second less that of the first is zero" of runs that do not pair, by dealing them anew (<see cref="TwoSampleTest"/>), by Welch's
    /// t (<see cref="WelchTest"/>) and by the bootstrap; null where either has fewer than two runs.
    /// </summary>
    /// <param name="first">One value a run.</param>
    /// <param name="second">One value a run.</param>
    public PValues? OfDifference(IReadOnlyList<double> first, IReadOnlyList<double> second) =>
        TwoSampleTest.Of(first, second, options) is { } dealt
            ? Larger(Larger(dealt, WelchTest.Of(first, second)), _bootstrap.PValuesOfDifference(first, second)) : null;

    private static PValues Larger(PValues first, PValues? second) => second is { } other ? new PValues(Math.Max(first.Greater, other.Greater), Math.Max(first.Less, other.Less)) : first;
}
