using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report;

/// <summary>The summaries of one group of runs, by what they mean.</summary>
/// <param name="results">The study's results.</param>
/// <param name="group">The group.</param>
/// <param name="controls">What its similarities are held against.</param>
internal sealed class GroupView(StudyResults results, GroupResults group, IReadOnlyList<Control>? controls = null)
{
    public GroupResults Group => group;

    /// <summary>The study's name.</summary>
    public string Study => results.Study;

    /// <summary>All series of the group.</summary>
    public IEnumerable<SeriesSummary> All => results.Summaries.Where(summary => summary.Key.Group == group.Group);

    /// <summary>What its similarities are held against; none at the levels of factors, whose controls are those of the study's own settings.</summary>
    public IReadOnlyList<Control> Controls => controls ?? [];

    /// <summary>A similarity at the headline: the last layer after the final norm.</summary>
    public SeriesSummary Headline(string pair, string metric) => results[new(group.Group, group.Layers, Taps.FinalNorm, pair, metric)];

    public SeriesSummary Headline(ConditionPair pair, string metric) => Headline(pair.Name, metric);

    /// <summary>A similarity of the residual stream after block <paramref name="layer"/>; 0 is the embedding.</summary>
    public SeriesSummary At(int layer, string pair, string metric) => results[new(group.Group, layer, Taps.ResidPost, pair, metric)];

    /// <summary>What conditions make of the answers: accuracy and agreement, or the likelihood of references, or a difference between conditions.</summary>
    public SeriesSummary Answers(string pair, string metric) => results[new(group.Group, null, Taps.Logits, pair, metric)];

    public Estimate Accuracy(Condition condition) => Answers(condition.Name(), MetricNames.Accuracy).Estimate;

    public Estimate LogLikelihood(Condition condition) => Answers(condition.Name(), MetricNames.LogLikelihood).Estimate;

    /// <summary>The difference ICL-IT less <paramref name="other"/> at the headline.</summary>
    public Estimate Contrast(string other, string metric = MetricNames.Cosine) =>
        Headline(Contrasts.Name(ConditionPair.IclIt.Name, other), metric).Estimate;

    /// <summary>A series of this study, or null where there is none.</summary>
    public SeriesSummary? Find(SeriesKey key) => results.Find(key);
}
