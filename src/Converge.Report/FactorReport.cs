using System.Globalization;
using Converge.Report.Figures;
using Converge.Report.Markup;
using Converge.Studies.Plan;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report;

/// <summary>One level of a factor as it is drawn.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Value">Its place on the factor's scale, where it has one.</param>
/// <param name="Tag">Where it comes from; null where the study's own settings do not say.</param>
/// <param name="Note">Anything a reader should know of it.</param>
/// <param name="View">Its numbers.</param>
/// <param name="IsBase">Whether it is the study's own settings.</param>
internal sealed record FactorLevel(string Id, double? Value, Standing? Tag, string Note, GroupView View, bool IsBase = false)
{
    /// <summary>What stands below its name.</summary>
    public string Below { get; init; } = Names.Tag(Tag);

    /// <summary>Whether it stands beside the others and not among them: its marks are hollow, and no line leads to them.</summary>
    public bool Aside { get; init; }
}

/// <summary>A factor varied on one model and task, with its figure.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="Group">The model and task, at the study's own settings.</param>
/// <param name="Levels">Its levels, the study's own settings among them: by their place on the scale where all have one, otherwise in the file's order.</param>
/// <param name="Figure">The similarities at every level.</param>
internal sealed record FactorReport(FactorSpec Factor, StudyGroup Group, IReadOnlyList<FactorLevel> Levels, Figure Figure)
{
    /// <summary>The factors of a study on every model and task that they were varied on.</summary>
    /// <param name="results">The results.</param>
    /// <param name="groups">The groups at the study's own settings.</param>
    /// <param name="factors">The factors.</param>
    /// <param name="study">The study, which says where its own settings come from.</param>
    public static IReadOnlyList<FactorReport> Of(StudyResults results, IReadOnlyList<GroupView> groups, IReadOnlyList<FactorSpec> factors, StudySpec? study)
    {
        var reports = new List<FactorReport>();
        var byGroup = results.Groups.ToDictionary(group => group.Group);
        foreach (var factor in factors)
            foreach (var own in groups.Where(group => group.Group.Group.Factor == PlannedLevel.Base))
            {
                List<FactorLevel> levels = [.. from level in factor.Levels
                                               let at = byGroup.GetValueOrDefault(own.Group.Group with { Factor = factor.Id, Level = level.Id })
                                               where at is not null
                                               select new FactorLevel(level.Id, level.Value, level.Tag, level.Note, new GroupView(results, at))];
                if (levels.Count == 0) continue;
                levels.Insert(0, new FactorLevel(factor.Base.Id, factor.Base.Value, Standings.OfBase(study, factor), "the study's own settings", own, IsBase: true));
                if (levels.All(level => level.Value is not null)) levels = [.. levels.OrderBy(level => level.Value)];
                var name = string.Create(CultureInfo.InvariantCulture, $"factor-{reports.Count + 1:D2}");
                reports.Add(new FactorReport(factor, own.Group.Group, levels, FactorLevels.Of(factor, own, levels, name)));
            }
        return reports;
    }
}
