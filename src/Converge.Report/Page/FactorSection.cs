using Converge.Report.Markup;
using Converge.Studies.Metrics;

namespace Converge.Report.Page;

/// <summary>Checkpoints side by side, and what each factor does: figure and table, one by one.</summary>
internal static class FactorSection
{
    public static void Write(MarkupWriter page, ReportContent report)
    {
        if (report.Checkpoints.Count > 0)
        {
            page.Open("section", ("id", "checkpoints")).Leaf("h2", "From checkpoint to checkpoint");
            foreach (var checkpoints in report.Checkpoints)
            {
                FigureElement.Write(page, checkpoints.Figure, withSubject: true);
                WriteNumbers(page, "The checkpoints in numbers", $"{checkpoints.Figure.Title}, {checkpoints.Task} {Names.Tag(checkpoints.Figure.Tag)}", "checkpoint", checkpoints.Models);
            }
            page.Close();
        }
        if (report.Factors.Count == 0) return;
        bool several = report.Factors.Select(factor => factor.Group).Distinct().Count() > 1;
        page.Open("section", ("id", "factors")).Leaf("h2", "What the factors do");
        page.Leaf("p", "Orange, blue and green marks are the similarities of the paper, grey ones the controls: short lines are measured at each level, lines across are runs of their own at the study's own settings.", ("class", "note"));
        foreach (var factor in report.Factors)
        {
            FigureElement.Write(page, factor.Figure, withSubject: several);
            WriteNumbers(page, $"{factor.Factor.Id} in numbers", $"{factor.Factor.Title} {Names.Tag(factor.Factor.Tag)}", "level", factor.Levels);
        }
        page.Close();
    }

    private static void WriteNumbers(MarkupWriter page, string summary, string caption, string head, IReadOnlyList<FactorLevel> levels)
    {
        page.Open("details").Leaf("summary", summary);
        Table.Write(page, $"{caption}: cosine after the final norm, mean over runs with 95 % interval.", [head, "standing", "ICL–IT [known]", "anchor–ICL [known]", "anchor–IT [known]", "C1 [ours]", "shift cosine [ours]", "note"],
            [.. levels.Select(level => (string[])
            [
                level.Id, level.Below, .. Names.Pairs.Select(pair => NumberText.Of(level.View.Headline(pair, MetricNames.Cosine).Estimate)),
                NumberText.Of(level.View.Headline(ConditionPair.IclIt, MetricNames.Anisotropy).Estimate), NumberText.Of(level.View.Headline(ConditionPair.IclIt, MetricNames.ShiftCosine).Estimate), level.Note,
            ])]);
        page.Close();
    }
}
