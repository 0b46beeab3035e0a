namespace Converge.Studies.Metrics;

/// <summary>What one metric gave for one unit at one place in the model.</summary>
/// <param name="Layer">The layer, or null where there is none (probabilities of answers).</param>
/// <param name="Tap">A name of <see cref="Taps"/>.</param>
/// <param name="Pair">A pair of conditions (<c>icl-it</c>), one condition (<c>icl</c>), or a contrast (<c>icl-it_minus_anchor-icl</c>).</param>
/// <param name="Metric">A name of <see cref="MetricNames"/>.</param>
/// <param name="PerQuery">Whether there is one value for each query, in their order; otherwise there is one for the whole unit.</param>
/// <param name="Values">The values; null where the metric is undefined.</param>
public sealed record MetricSeries(int? Layer, string Tap, string Pair, string Metric, bool PerQuery, IReadOnlyList<double?> Values)
{
    /// <summary>The mean over the defined values, summed in their order; null where none is defined.</summary>
    public double? Mean()
    {
        double sum = 0;
        int n = 0;
        foreach (var value in Values)
        {
            if (value is not { } defined) continue;
            sum += defined;
            n++;
        }
        return n == 0 ? null : sum / n;
    }
}
