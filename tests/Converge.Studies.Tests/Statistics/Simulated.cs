using Converge.Numerics;

namespace Converge.Tests.Statistics;

/// <summary>Populations of runs that studies are drawn from.</summary>
internal static class Simulated
{
    /// <summary>A normal population with mean 0.</summary>
    public static double[] Normal(int runs, int study, ulong seed = 11) => [.. Enumerable.Range(0, runs).Select(i => Philox.NormalAt(seed, (ulong)study, (ulong)i))];

    /// <summary>A population on both sides of 0 with tails heavier than normal, alike on both (Laplace).</summary>
    public static double[] HeavyTails(int runs, int study, ulong seed = 12) => [.. Enumerable.Range(0, runs).Select(i =>
    {
        double u = Philox.UniformAt(seed, (ulong)study, (ulong)i) - 0.5;
        return -Math.Sign(u) * Math.Log(1 - 2 * Math.Abs(u));
    })];

    /// <summary>Similarities of mean 0.9 crowded below 1: 1 - 0.1 E with E exponential of mean 1.</summary>
    public static double[] NearOne(int runs, int study, ulong seed = 13) =>
        [.. Enumerable.Range(0, runs).Select(i => 1 + 0.1 * Math.Log(1 - Philox.UniformAt(seed, (ulong)study, (ulong)i)))];

    /// <summary>Accuracies over 32 queries of which 9 in 10 are answered rightly: many runs are equal.</summary>
    public static double[] Accuracies(int runs, int study, ulong seed = 14) =>
        [.. Enumerable.Range(0, runs).Select(i => Enumerable.Range(0, 32).Count(query => Philox.UniformAt(seed, (ulong)study, (ulong)(32 * i + query)) < 0.9) / 32.0)];

    /// <summary>A population by name, as a draw of runs of a study, and its mean.</summary>
    public static (Func<int, int, double[]> Draw, double Mean) Population(string name) => name switch
    {
        "normal" => ((runs, study) => Normal(runs, study), 0),
        "heavy tails" => ((runs, study) => HeavyTails(runs, study), 0),
        "near one" => ((runs, study) => NearOne(runs, study), 0.9),
        "accuracies" => ((runs, study) => Accuracies(runs, study), 0.9),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>The share of studies for which something holds.</summary>
    public static double Share(int studies, Func<int, bool> holds) => Enumerable.Range(0, studies).AsParallel().Count(holds) / (double)studies;
}
