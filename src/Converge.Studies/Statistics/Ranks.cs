using MathNet.Numerics.Statistics;

namespace Converge.Studies.Statistics;

/// <summary>Ranks of numbers.</summary>
public static class Ranks
{
    /// <summary>The rank of every value, from 1; equal values share the mean of their ranks.</summary>
    public static double[] Of(ReadOnlySpan<double> values) => ArrayStatistics.RanksInplace(values.ToArray(), RankDefinition.Average);
}
