namespace Converge.Studies.Statistics;

/// <summary>How a measure rises over ordered levels, run by run.</summary>
public static class Trend
{
    /// <summary>
    /// The least-squares slope of a run's values over the levels' places, sum (x - mean x)(y - mean y) / sum (x - mean x)^2. Levels without a value are
    /// left out; null with fewer than two places left. Under exchangeable levels a slope is as likely as its negative, so that
    /// <see cref="SignFlipTest"/> on the runs' slopes tests the trend.
    /// </summary>
    /// <param name="places">The place of every level, for example log2 of the number of demonstrations.</param>
    /// <param name="values">The run's value at every level.</param>
    public static double? SlopeOf(IReadOnlyList<double> places, IReadOnlyList<double?> values)
    {
        int[] there = [.. Enumerable.Range(0, places.Count).Where(i => values[i] is not null)];
        if (there.Length < 2) return null;
        double meanX = Moments.Mean([.. there.Select(i => places[i])]), meanY = Moments.Mean([.. there.Select(i => values[i]!.Value)]);
        double xy = 0, xx = 0;
        foreach (int i in there)
        {
            xy += (places[i] - meanX) * (values[i]!.Value - meanY);
            xx += (places[i] - meanX) * (places[i] - meanX);
        }
        return xx > 0 ? xy / xx : null;
    }
}
