namespace Converge.Studies.Statistics;

/// <summary>The p-values of an equivalence test.</summary>
/// <param name="Within">For "the difference is smaller than the margin": the greater of the two one-sided p-values.</param>
/// <param name="Outside">For "the difference is larger than the margin", on either side: twice the smaller of the opposite p-values, at most 1.</param>
public readonly record struct EquivalencePValues(double Within, double Outside);

/// <summary>
/// Two one-sided tests (Schuirmann 1987) of whether a mean difference lies within a margin of zero, each of the mean against its end of the margin.
/// </summary>
public static class EquivalenceTest
{
    /// <summary>The p-values, or null without differences.</summary>
    /// <param name="differences">One difference a run.</param>
    /// <param name="margin">The largest difference that counts as none; above 0.</param>
    /// <param name="tests">The tests of a mean.</param>
    public static EquivalencePValues? Of(IReadOnlyList<double> differences, double margin, MeanTests tests)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(margin);
        if (tests.OfMean(differences, -margin) is not { } fromLow) return null;
        var fromHigh = tests.OfMean(differences, margin)!.Value;
        return new EquivalencePValues(Math.Max(fromLow.Greater, fromHigh.Less), Math.Min(1, 2 * Math.Min(fromLow.Less, fromHigh.Greater)));
    }
}
