using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;

namespace Converge.Report.Page;

/// <summary>The first screen: the question and, for every model and task, the answer, what it is held against and what must be read beside it.</summary>
internal static class AnswerSection
{
    public static void Write(MarkupWriter page, ReportContent report)
    {
        var groups = report.Trained;
        page.Open("section", ("class", "answer"), ("id", "answer"), ("aria-labelledby", "question"));
        page.Leaf("h2", "Do in-context learning and instruction tuning converge here, and compared with what?", ("id", "question"));
        if (groups.Count > 1) WriteOverview(page, groups);
        page.Open("div", ("class", groups.Count > 1 ? "cards" : "cards one"));
        foreach (var group in groups) WriteCard(page, group, groups.Count > 1);
        page.Close();
        page.Open("details").Leaf("summary", "How this is decided, and what the tags mean").Open("p").Text(Verdict.Rule + " ");
        Tags.Write(page, Standing.Ours).Close();
        Tags.WriteMeaning(page);
        page.Close();
        var missing = Control.Missing([.. groups.SelectMany(group => group.View.Controls)]);
        if (report.Options.Design is not null && missing.Count > 0)
            page.Leaf("p", $"Controls that this study does not have: {Names.List(missing)}. studies/beyond.yaml, which comes with the program, has them all.", ("class", "note"));
        page.Close();
    }

    private static void WriteCard(MarkupWriter page, GroupReport report, bool several)
    {
        var view = report.View;
        page.Open("article", ("class", "card"));
        page.Open("div");
        if (several) page.Leaf("h3", Names.Of(view.Group.Group));
        page.Open("p", ("class", "verdict")).Leaf("b", report.Verdict.Word + ".").Text(" " + report.Verdict.Sentence).Close();
        if (Against(report.Comparisons) is { } against) page.Leaf("p", against, ("class", "against"));
        FigureElement.Write(page, report.Ladder, several ? "h4" : "h3");
        page.Open("details").Leaf("summary", "The comparison in numbers");
        Table.Write(page, "Cosine, last token, last layer, after the final norm: mean over runs with 95 % interval. Differences are paired by run.", ["ICL–IT against", "standing", "its cosine", "ICL–IT less it"],
            [.. report.Comparisons.Select(one => (string[])[one.Id.Length == 0 ? one.Name : $"{one.Id}: {one.Name}", Names.Tag(one.Id.Length == 0 ? Standing.Known : Standing.Ours), NumberText.Of(one.Series.Estimate), NumberText.OfDifference(one.Difference)])]);
        page.Close().Close();
        page.Open("dl", ("class", "remarks"));
        foreach (var (topic, tag, text) in Remarks.Of(view))
        {
            page.Open("div").Open("dt").Text(topic + " ");
            Tags.Write(page, tag).Close().Leaf("dd", text).Close();
        }
        page.Close().Close();
    }

    /// <summary>Which controls ICL-IT is above, which below, and which the runs do not tell it from; null without an interval.</summary>
    internal static string? Against(IReadOnlyList<Comparison> comparisons)
    {
        var controls = comparisons.Where(one => one is { Id.Length: > 0, Difference.Interval: not null }).ToList();
        if (controls.Count == 0) return null;
        string Named(Func<Interval, bool> holds) => Names.List([.. controls.Where(one => holds(one.Difference.Interval!.Value)).Select(one => one.Short)]);
        (string Words, string Controls)[] parts =
        [
            ("above", Named(interval => interval.IsAbove(0))), ("below", Named(interval => interval.IsBelow(0))), ("not told apart from", Named(interval => !interval.IsAbove(0) && !interval.IsBelow(0))),
        ];
        return $"Against its controls, ICL–IT is {string.Join("; ", parts.Where(part => part.Controls.Length > 0).Select(part => $"{part.Words} {part.Controls}"))}.";
    }

    private static void WriteOverview(MarkupWriter page, IReadOnlyList<GroupReport> groups) =>
        Table.Write(page, "Every model and task: cosine at the last layer after the final norm, mean over runs with 95 % interval.", ["model, task", "converge?", "ICL–IT [known]", "anchor–ICL [known]", "anchor–IT [known]", "C1 [ours]", "runs"],
            [.. groups.Select(group => (string[])
            [
                Names.Of(group.View.Group.Group), group.Verdict.Word, .. Names.Pairs.Select(pair => NumberText.Of(group.View.Headline(pair, MetricNames.Cosine).Estimate)),
                NumberText.Of(group.View.Headline(ConditionPair.IclIt, MetricNames.Anisotropy).Estimate), NumberText.Count(group.View.Group.Runs),
            ])]);
}
