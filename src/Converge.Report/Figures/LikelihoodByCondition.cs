using Converge.Report.Markup;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>The likelihood of the reference answers under each condition, in tasks without labels.</summary>
internal static class LikelihoodByCondition
{
    private const int Width = 400, Left = 14, Right = 386, Top = 30, Foot = 44;

    public static Figure Of(GroupView view, string name)
    {
        const string title = "Log-likelihood of the reference";
        var canvas = new Canvas();
        SeriesSummary[] rows = [.. Conditions.All.Select(condition => view.Answers(condition.Name(), MetricNames.LogLikelihood))];
        var scale = LinearScale.Holding(rows.SelectMany(RunStrip.Extent), Left, Right, span: 0.2, atMost: 0);
        int bottom = Top + RunStrip.Height * rows.Length;
        canvas.Title(Left, 16, title, Standing.Ours);
        HorizontalAxis.Draw(canvas, scale, Top, bottom, "mean log-probability of a token of the reference, nats");
        for (int i = 0; i < rows.Length; i++)
            RunStrip.Draw(canvas, rows[i], Names.Of(Conditions.All[i]), FigureStyle.ClassOf(Conditions.All[i]), FigureStyle.MarkerOf(Conditions.All[i]), scale, Top + RunStrip.Height * i, NumberText.BelowZero);
        var description = string.Join(" ", Conditions.All.Select((condition, i) => $"{Names.Of(condition)}: {NumberText.BelowZero(rows[i].Estimate)}."));
        return new Figure(name, "Whether the right answer becomes likelier", Standing.Ours, Names.Of(view.Group.Group),
            "This task has no labels and so no accuracy: the model reads the reference answer after each prompt, and the less negative the value, the likelier it finds it. Marks as in the first figure.",
            [new Panel(title, description, Width, bottom + Foot, canvas.ToString())], FigureCsv.Of(view.Study, Conditions.All.Zip(rows, Drawn.Of)));
    }
}
