using Converge.Report.Figures;
using Converge.Studies.Statistics;

namespace Converge.Report;

/// <summary>One group of runs with its answer and its figures.</summary>
/// <param name="View">Its numbers.</param>
/// <param name="Verdict">Its answer.</param>
/// <param name="Comparisons">What ICL-IT is held against.</param>
/// <param name="Ladder">The same as a figure.</param>
/// <param name="Distribution">The similarities over runs.</param>
/// <param name="Layers">The similarities over layers.</param>
/// <param name="Answers">Accuracy by condition, or in a task without labels the likelihood of its references.</param>
/// <param name="Loss">The tuning.</param>
internal sealed record GroupReport(GroupView View, Verdict Verdict, IReadOnlyList<Comparison> Comparisons, Figure Ladder, Figure Distribution, Figure Layers, Figure Answers, Figure Loss)
{
    public IReadOnlyList<Figure> Figures => [Ladder, Distribution, Layers, Answers, Loss];

    /// <summary>In a study of several groups the figures carry the group's number in their names.</summary>
    public static GroupReport Of(GroupView view, int index, int groups, ClusterBootstrap bootstrap)
    {
        var suffix = groups == 1 ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"-{index + 1:D2}");
        var comparisons = Comparison.Of(view, bootstrap);
        return new GroupReport(view, Verdict.Of(view), comparisons, ComparisonLadder.Of(view, comparisons, $"comparison{suffix}"),
            SimilarityDistribution.Of(view, $"distribution{suffix}"), LayerCurves.Of(view, $"layers{suffix}"),
            view.Group.Labels is { } labels ? AccuracyByCondition.Of(view, labels, $"accuracy{suffix}") : LikelihoodByCondition.Of(view, $"likelihood{suffix}"), TrainingLoss.Of(view, $"loss{suffix}"));
    }
}
