using Converge.Studies.Claims;
using Converge.Studies.Metrics;
using Converge.Studies.Tables;

namespace Converge.Report;

/// <summary>A level that the similarity of ICL and IT is held against (METHOD, section 3); all of them are ours.</summary>
/// <param name="Id">C1 to C7.</param>
/// <param name="Name">A few letters, for a line in a figure.</param>
/// <param name="Words">The same for a table.</param>
/// <param name="Group">The group of runs that has it; null: every group has its own.</param>
/// <param name="Pair">The pair that is read.</param>
/// <param name="OnlyFor">The one metric that it is a control of; null: any that the pair has.</param>
/// <param name="Reads">The metric read in its place; null: the same.</param>
internal sealed record Control(string Id, string Name, string Words, StudyGroup? Group, string Pair, string? OnlyFor = null, string? Reads = null)
{
    /// <summary>Every control of a group at the study's own settings that the study has runs for.</summary>
    public static IReadOnlyList<Control> Of(StudyResults results, GroupResults own, StudyDesign? design)
    {
        var group = own.Group;
        var all = new List<Control> { new("C1", "other queries", "different queries", null, ConditionPair.IclIt.Name, MetricNames.Cosine, MetricNames.Anisotropy) };
        if (design?.Untrained.GetValueOrDefault(group.Model) is { } copy) all.Add(new("C2", "untrained", "untrained model", group with { Model = copy }, ConditionPair.IclIt.Name));
        all.Add(new("C3", "other demos", "ICL–ICL, other demonstrations", null, ConditionPair.IclIclOther.Name));
        all.Add(new("C3", "reordered", "ICL–ICL, demonstrations reordered", null, ConditionPair.IclIclReordered.Name));
        foreach (var level in design?.UnrelatedTuning ?? []) all.Add(new("C4", level.Level, $"IT on unrelated data, {level.Level}", group with { Factor = level.Factor, Level = level.Level }, ConditionPair.IclIt.Name));
        foreach (var level in design?.RandomContext ?? []) all.Add(new("C5", "random context", "ICL on random tokens", group with { Factor = level.Factor, Level = level.Level }, ConditionPair.IclIt.Name));
        all.Add(new("C7", "random shift", "ICL against random directions", null, SimilarityMetrics.IclRandom, MetricNames.ShiftCosine));
        return [.. all.Where(control => results.Find(new SeriesKey(control.Group ?? group, own.Layers, Taps.FinalNorm, control.Pair, control.Reads ?? control.OnlyFor ?? MetricNames.Cosine)) is not null)];
    }

    /// <summary>The control of another group that is of the same kind, or null.</summary>
    public Control? Of(GroupView view) => view.Controls.FirstOrDefault(other => (other.Id, other.Name) == (Id, Name));

    /// <summary>Its series where <paramref name="view"/> has the metric, or null.</summary>
    public SeriesSummary? At(GroupView view, string tap, int layer, string metric) =>
        OnlyFor is { } only && only != metric ? null : view.Find(new SeriesKey(Group ?? view.Group.Group, layer, tap, Pair, Reads ?? metric));

    /// <summary>Its series at the headline, or null.</summary>
    public SeriesSummary? Headline(GroupView view, string metric) => At(view, Taps.FinalNorm, view.Group.Layers, metric);

    /// <summary>Of a group's controls those that fit into one drawing: of several ways to tune on unrelated data (C4) the one nearest to ICL, the hardest to exceed.</summary>
    public static IReadOnlyList<Control> Drawn(GroupView view)
    {
        var hardest = view.Controls.Where(control => control.Id == "C4").MaxBy(control => control.Headline(view, MetricNames.Cosine)?.Estimate.Mean);
        return [.. view.Controls.Where(control => control.Id != "C4" || control == hardest)];
    }

    /// <summary>Controls that a study may have, with what each takes, and that this one has not.</summary>
    public static IReadOnlyList<string> Missing(IReadOnlyList<Control> controls) =>
        [.. from known in ((string Id, string Words)[])[("C2", "the untrained model"), ("C3", "ICL against ICL"), ("C4", "tuning on unrelated data"), ("C5", "a context of random tokens")]
            where controls.All(control => control.Id != known.Id)
            select $"{known.Id} ({known.Words})"];
}
