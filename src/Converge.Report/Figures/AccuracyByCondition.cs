using Converge.Report.Markup;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>Accuracy over the label set under each condition, with the level of guessing.</summary>
internal static class AccuracyByCondition
{
    private const int Width = 400, Left = 14, Right = 386, Top = 30, Foot = 80;

    public static Figure Of(GroupView view, LabelCounts labels, string name)
    {
        var canvas = new Canvas();
        SeriesSummary[] rows = [.. Conditions.All.Select(condition => view.Answers(condition.Name(), MetricNames.Accuracy))];
        var scale = new LinearScale(0, 1, Left, Right, 0.25);
        int bottom = Top + RunStrip.Height * rows.Length;
        canvas.Title(Left, 16, "Accuracy over the label set", Standing.Ours);
        HorizontalAxis.Draw(canvas, scale, Top, bottom, "share of queries answered with the gold label");
        canvas.Line(scale.At(labels.Chance), Top, scale.At(labels.Chance), bottom, "level");
        bool apart = Math.Abs(labels.Commonest - labels.Chance) > 0.005;
        if (apart) canvas.Line(scale.At(labels.Commonest), Top, scale.At(labels.Commonest), bottom, "zero");
        for (int i = 0; i < rows.Length; i++)
            RunStrip.Draw(canvas, rows[i], Names.Of(Conditions.All[i]), FigureStyle.ClassOf(Conditions.All[i]), FigureStyle.MarkerOf(Conditions.All[i]), scale, Top + RunStrip.Height * i, NumberText.Of);
        canvas.Line(Left, bottom + 50, Left + 22, bottom + 50, "level");
        canvas.Text(Left + 28, bottom + 54, $"guessing evenly: {NumberText.Of(labels.Chance)}", "muted");
        if (apart)
        {
            canvas.Line(Left, bottom + 68, Left + 22, bottom + 68, "zero");
            canvas.Text(Left + 28, bottom + 72, $"always the commonest label: {NumberText.Of(labels.Commonest)}", "muted");
        }
        var description = string.Join(" ", Conditions.All.Select((condition, i) => $"{Names.Of(condition)}: {NumberText.Of(rows[i].Estimate)}."));
        return new Figure(name, "Whether the task is done at all", Standing.Ours, Names.Of(view.Group.Group), "The predicted label is the one whose whole string is the most probable. Marks as in the first figure.",
            [new Panel("Accuracy over the label set", description, Width, bottom + Foot, canvas.ToString())], FigureCsv.Of(view.Study, Conditions.All.Zip(rows, Drawn.Of)));
    }
}
