using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;

namespace Converge.Report.Page;

/// <summary>What each factor does: figure and table, factor by factor.</summary>
internal static class FactorSection
{
    public static void Write(MarkupWriter page, IReadOnlyList<FactorReport> factors)
    {
        if (factors.Count == 0) return;
        bool several = factors.Select(factor => factor.Group).Distinct().Count() > 1;
        page.Open("section", ("id", "factors")).Leaf("h2", "What the factors do");
        foreach (var report in factors)
        {
            if (several) page.Leaf("p", $"{report.Factor.Id} on {report.Group.Model}, {report.Group.Task}", ("class", "note"));
            FigureElement.Write(page, report.Figure);
            page.Open("details").Leaf("summary", $"{report.Factor.Id} in numbers");
            Table.Write(page, $"{report.Factor.Title} [{Tag(report.Factor.Tag)}]: cosine after the final norm, mean over runs with 95 % interval.", ["level", "standing", "ICL–IT", "anchor–ICL", "anchor–IT", "C1", "shift cosine", "note"],
                [.. report.Levels.Select(level => (string[])
                [
                    level.Id, $"[{Tag(level.Tag)}]", .. Names.Pairs.Select(pair => NumberText.Of(level.View.Headline(pair, MetricNames.Cosine).Estimate)),
                    NumberText.Of(level.View.Headline(ConditionPair.IclIt, MetricNames.Anisotropy).Estimate), NumberText.Of(level.View.Headline(ConditionPair.IclIt, MetricNames.ShiftCosine).Estimate), level.Note,
                ])]);
            page.Close();
        }
        page.Close();
    }

    private static string Tag(Standing standing) => standing.ToString().ToLowerInvariant();
}
