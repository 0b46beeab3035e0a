using Converge.Engine;
using Converge.Studies.Metrics;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Studies.Comparison;

/// <summary>Two studies side by side: two sizes of a model, base and chat, before and after a change.</summary>
public static class StudyComparison
{
    /// <summary>
    /// Compares what both studies measured in the last layer after the final norm and of the answers, series by series. Where the two drew the same runs
    /// - the same seed, task and numbers - differences are taken run by run; otherwise the two are samples of their own. <see cref="MeanTests"/> says how
    /// both are tested.
    /// </summary>
    /// <param name="first">The first study.</param>
    /// <param name="second">The second study.</param>
    /// <param name="options">The bootstrap's settings; its seed is that of the permutations too.</param>
    /// <exception cref="BadInputException">The studies' models, or their tasks, factors and levels, do not fit together.</exception>
    public static IReadOnlyList<ComparedSeries> Of(StudyResults first, StudyResults second, BootstrapOptions options)
    {
        var bootstrap = new ClusterBootstrap(options);
        var tests = new MeanTests(new PermutationOptions { Seed = options.Seed });
        var rows = new List<ComparedSeries>();
        foreach (var (a, b) in GroupMatch.Of(first, second))
        {
            bool paired = SameDraws(a, b);
            foreach (var one in first.Summaries.Where(summary => summary.Key.Group == a.Group && IsHeadline(summary.Key)))
            {
                var key = one.Key with { Group = b.Group, Layer = one.Key.Layer is null ? null : b.Layers };
                if (second.Find(key) is { } other) rows.Add(paired ? InPairs(one, other, bootstrap, tests) : Apart(one, other, bootstrap, tests));
            }
        }
        double?[] adjusted = Holm.Adjust([.. rows.Select(row => row.P)]);
        return [.. rows.Select((row, i) => row with { AdjustedP = adjusted[i] })];
    }

    // Every run that both have, and there must be one, is the same draw.
    private static bool SameDraws(GroupResults first, GroupResults second)
    {
        int[] common = [.. first.Draws.Keys.Intersect(second.Draws.Keys)];
        return common.Length > 0 && common.All(run => first.Draws[run] == second.Draws[run]);
    }

    private static bool IsHeadline(SeriesKey key) => key.Tap is Taps.FinalNorm or Taps.Logits && !Contrasts.IsName(key.Pair);

    private static ComparedSeries InPairs(SeriesSummary first, SeriesSummary second, ClusterBootstrap bootstrap, MeanTests tests)
    {
        var before = first.Runs.Where(run => run.Mean is not null).ToDictionary(run => run.Run, run => run.Mean!.Value);
        double[] differences = [.. second.Runs.Where(run => run.Mean is not null && before.ContainsKey(run.Run)).Select(run => run.Mean!.Value - before[run.Run])];
        return new ComparedSeries(first, second, true, differences.Length, differences.Length == 0 ? null : differences.Sum() / differences.Length,
            bootstrap.IntervalOfMean(differences), differences.All(difference => difference == 0) ? null : tests.OfMean(differences, 0)?.TwoSided, null, EffectSize.PairedD(differences));
    }

    private static ComparedSeries Apart(SeriesSummary first, SeriesSummary second, ClusterBootstrap bootstrap, MeanTests tests)
    {
        double[] a = Means(first), b = Means(second);
        return new ComparedSeries(first, second, false, Math.Min(a.Length, b.Length), second.Estimate.Mean - first.Estimate.Mean,
            bootstrap.IntervalOfDifference(a, b), tests.OfDifference(a, b)?.TwoSided, null, EffectSize.UnpairedD(a, b));
    }

    private static double[] Means(SeriesSummary summary) => [.. summary.Runs.Where(run => run.Mean is not null).Select(run => run.Mean!.Value)];
}
