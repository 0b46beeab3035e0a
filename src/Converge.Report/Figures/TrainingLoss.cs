using Converge.Report.Markup;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report.Figures;

/// <summary>The loss of every run's tuning, and their mean.</summary>
internal static class TrainingLoss
{
    private const int Width = 400, Height = 368, Left = 52, Right = 388, Top = 54, Bottom = 316;

    public static Figure Of(GroupView view, string name)
    {
        var canvas = new Canvas();
        var runs = view.Group.Tuning.Where(run => run.Steps.Any(step => double.IsFinite(step.Loss))).ToList();
        canvas.Title(Left - 38, 16, "Training loss", Standing.Ours);
        if (runs.Count == 0)
        {
            canvas.Text(Left, Height / 2.0, "no tuning step is recorded", "muted");
            return Made(view, name, canvas, "No tuning step is recorded.");
        }
        int last = runs.Max(run => run.Steps[^1].Step);
        var y = LinearScale.Holding(runs.SelectMany(run => run.Steps).Select(step => step.Loss).Where(double.IsFinite).Append(0), Bottom, Top, span: 0.1, atLeast: 0);
        var x = last > 1 ? LinearScale.Holding([1, last], Left + 6, Right - 6, span: 1, atLeast: 1, atMost: last) : new LinearScale(0, 2, Left + 6, Right - 6, 1);
        VerticalAxis.Draw(canvas, y, Left, Right, "cross-entropy, nats per target token");
        canvas.Line(Left, Bottom, Right, Bottom, "axis");
        foreach (double tick in x.Ticks.Where(tick => tick == Math.Round(tick)))
            canvas.Text(x.At(tick), Bottom + 15, x.Label(tick), "tick", "middle");
        canvas.Text((Left + Right) / 2.0, Bottom + 33, "update", "muted", "middle");

        foreach (var run in runs) canvas.Polyline(run.Steps.Where(step => double.IsFinite(step.Loss)).Select(step => (x.At(step.Step), y.At(step.Loss))), "plain s line faint");
        var mean = MeanBySteps(runs);
        canvas.Polyline(mean.Select(point => (x.At(point.Step), y.At(point.Loss))), "icl-it s line");
        canvas.Line(Left - 38, 34, Left - 18, 34, "icl-it s line");
        canvas.Text(Left - 12, 38, "mean", "muted");
        canvas.Line(Left + 32, 34, Left + 52, 34, "plain s line faint");
        canvas.Text(Left + 58, 38, "one run", "muted");
        return Made(view, name, canvas, $"Mean over {runs.Count} runs: {NumberText.General(mean[0].Loss)} before the first update, {NumberText.General(mean[^1].Loss)} before update {mean[^1].Step}.");
    }

    /// <summary>At every step the mean over the runs that have it.</summary>
    public static IReadOnlyList<(int Step, double Loss)> MeanBySteps(IEnumerable<TuningCurve> runs) =>
        [.. runs.SelectMany(run => run.Steps).Where(step => double.IsFinite(step.Loss)).GroupBy(step => step.Step).OrderBy(step => step.Key)
            .Select(step => (step.Key, step.Average(one => one.Loss)))];

    private static Figure Made(GroupView view, string name, Canvas canvas, string description) => new(
        name, "Whether tuning learned its demonstrations", Standing.Ours, Names.Of(view.Group.Group), "Loss on the answer tokens of a batch, before the update. " + description,
        [new Panel("Training loss", description, Width, Height, canvas.ToString())], FigureCsv.Of(view.Group.Tuning));
}
