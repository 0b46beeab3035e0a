using System.Text.Json.Nodes;
using Converge.Engine;
using Converge.Report.Figures;
using Converge.Report.Page;
using Converge.Studies.Claims;
using Converge.Studies.Plan;
using Converge.Studies.Run;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report;

/// <summary>Turns finished units into tables, figures and a page.</summary>
public static class StudyReport
{
    /// <summary>
    /// Writes <c>tables/*.csv</c>, <c>figures/*.svg</c> with the numbers in each as <c>figures/*.csv</c>, and <c>report.html</c> under <paramref name="outDirectory"/>, each replaced whole or left
    /// as it was. The same units in the same order, manifest and options give the same bytes. One unit's states are in memory at a time.
    /// </summary>
    /// <param name="outDirectory">The study's folder.</param>
    /// <param name="units">The finished units, in the order of the plan.</param>
    /// <param name="manifest">
    /// The study's manifest, shown as it is. Every text under a key <c>model_note</c>, at any depth, is shown as a banner: that is how a study on
    /// random weights says so.
    /// </param>
    /// <param name="options">Names, prompts to show, commands.</param>
    /// <returns>The results.</returns>
    /// <exception cref="BadInputException">No unit, a unit twice, arrays that do not fit together, or a folder that cannot be written.</exception>
    public static StudyResults Write(string outDirectory, IEnumerable<UnitRecord> units, JsonNode manifest, ReportOptions options)
    {
        var results = StudyTables.Write(Path.Combine(outDirectory, "tables"), units, options.Results);
        // The answer is that of the study's own settings; the levels of factors have a section of their own. An untrained copy is a control.
        var own = results.Groups.Where(group => group.Group.Factor == PlannedLevel.Base).ToList();
        bool IsControl(GroupView view) => options.Design?.Untrained.Values.Contains(view.Group.Group.Model) == true;
        List<GroupView> views = [.. (own.Count > 0 ? own : results.Groups).Select(group => new GroupView(results, group, Control.Of(results, group, options.Design))).OrderBy(IsControl)];
        var bootstrap = new ClusterBootstrap(options.Results.Bootstrap);
        GroupReport[] groups = [.. views.Select((view, index) => GroupReport.Of(view, index, views.Count, bootstrap))];
        int trained = Math.Max(1, views.Count(view => !IsControl(view)));
        var report = new ReportContent
        {
            Results = results,
            Trained = groups[..trained],
            Controls = groups[trained..],
            Checkpoints = CheckpointReport.Of(views[..trained], options.Design, options.Parameters),
            Factors = FactorReport.Of(results, views, options.Factors, options.Study),
            Claims = options.Design is { } design ? ClaimTable.Of(results, design, options.Results.Bootstrap) : [],
            Manifest = manifest,
            Options = options,
        };
        foreach (var figure in report.Figures)
        {
            AtomicFile.WriteText(Path.Combine(outDirectory, "figures", $"{figure.Name}.svg"), SvgFile.Of(figure));
            AtomicFile.WriteText(Path.Combine(outDirectory, "figures", $"{figure.Name}.csv"), figure.Csv);
        }
        AtomicFile.WriteText(Path.Combine(outDirectory, "report.html"), ReportPage.Of(report));
        return results;
    }
}
