using System.Globalization;
using Converge.Report.Figures;
using Converge.Report.Markup;
using Converge.Studies.Claims;
using Converge.Studies.Plan;
using Converge.Studies.Spec;

namespace Converge.Report;

/// <summary>The trained checkpoints of a study on one task, by size.</summary>
/// <param name="Task">The task.</param>
/// <param name="Models">The checkpoints.</param>
/// <param name="Figure">Their similarities.</param>
internal sealed record CheckpointReport(string Task, IReadOnlyList<FactorLevel> Models, Figure Figure)
{
    /// <summary>One a task that two or more trained checkpoints were asked; none where the number of their parameters is not known.</summary>
    /// <param name="groups">The groups of trained models at the study's own settings.</param>
    /// <param name="design">The study's design, which says what chat models are.</param>
    /// <param name="parameters">The number of parameters of every model.</param>
    public static IReadOnlyList<CheckpointReport> Of(IReadOnlyList<GroupView> groups, StudyDesign? design, IReadOnlyDictionary<string, long> parameters)
    {
        var reports = new List<CheckpointReport>();
        foreach (var task in groups.Where(group => group.Group.Group.Factor == PlannedLevel.Base && parameters.ContainsKey(group.Group.Group.Model)).GroupBy(group => group.Group.Group.Task))
        {
            bool IsChat(string model) => design?.Chat.Contains(model) == true;
            List<FactorLevel> models = [.. from view in task
                                           let id = view.Group.Group.Model
                                           orderby parameters[id], IsChat(id)
                                           select new FactorLevel(id, parameters[id], null, "", view, IsBase: true) { Below = Size(parameters[id]), Aside = IsChat(id) }];
            if (models.Count < 2) continue;
            bool chat = models.Any(model => model.Aside);
            var caption = $"The trained checkpoints on {task.Key}, by their number of parameters. Last token, last layer, after the final norm; controls are those of each checkpoint."
                + (chat ? " Chat models have hollow marks." : "");
            var name = string.Create(CultureInfo.InvariantCulture, $"checkpoints-{reports.Count + 1:D2}");
            reports.Add(new CheckpointReport(task.Key, models, FactorLevels.OfCheckpoints(name, chat ? "F7, F8: model size, base and chat" : "F7: model size", Standing.Assumed, task.Key, caption, models)));
        }
        return reports;
    }

    // 6.7 B, 124 M, 1.1 M
    private static string Size(long parameters)
    {
        var (unit, letter) = parameters >= 1e9 ? (1e9, "B") : parameters >= 1e6 ? (1e6, "M") : (1e3, "k");
        double count = parameters / unit;
        return $"{NumberText.Fixed(count, count < 100 ? 1 : 0)} {letter}";
    }
}
