using System.Globalization;
using Converge.Report.Figures;
using Converge.Studies.Plan;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report;

/// <summary>One level of a factor as it is drawn.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Value">Its place on the factor's scale, where it has one.</param>
/// <param name="Tag">Where it comes from.</param>
/// <param name="Note">Anything a reader should know of it.</param>
/// <param name="View">Its numbers.</param>
internal sealed record FactorLevel(string Id, double? Value, Standing Tag, string Note, GroupView View);

/// <summary>A factor varied on one model and task, with its figure.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="Group">The model and task, at the study's own settings.</param>
/// <param name="Levels">Its levels, the study's own settings among them: by their place on the scale where all have one, otherwise in the file's order.</param>
/// <param name="Figure">The similarities at every level.</param>
internal sealed record FactorReport(FactorSpec Factor, StudyGroup Group, IReadOnlyList<FactorLevel> Levels, Figure Figure)
{
    /// <summary>The factors of a study on every model and task that they were varied on.</summary>
    public static IReadOnlyList<FactorReport> Of(StudyResults results, IReadOnlyList<FactorSpec> factors)
    {
        var reports = new List<FactorReport>();
        foreach (var factor in factors)
            foreach (var own in results.Groups.Where(group => group.Group.Factor == PlannedLevel.Base))
            {
                GroupView? At(string level) => results.Groups.FirstOrDefault(group => group.Group == own.Group with { Factor = factor.Id, Level = level }) is { } group ? new GroupView(results, group) : null;
                List<FactorLevel> levels = [.. from level in factor.Levels
                                               let view = At(level.Id)
                                               where view is not null
                                               select new FactorLevel(level.Id, level.Value, level.Tag, level.Note, view)];
                if (levels.Count == 0) continue;
                levels.Insert(0, new FactorLevel(factor.Base.Id, factor.Base.Value, Standing.Ours, "the study's own settings", new GroupView(results, own)));
                if (levels.All(level => level.Value is not null)) levels = [.. levels.OrderBy(level => level.Value)];
                var name = string.Create(CultureInfo.InvariantCulture, $"factor-{reports.Count + 1:D2}");
                reports.Add(new FactorReport(factor, own.Group, levels, FactorLevels.Of(factor, levels, name)));
            }
        return reports;
    }
}
