using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Statistics;

namespace Converge.Report.Page;

/// <summary>The first screen: the question, the answer, the four numbers it rests on and what must be read beside them.</summary>
internal static class AnswerSection
{
    public static void Write(MarkupWriter page, IReadOnlyList<GroupReport> groups)
    {
        var first = groups[0];
        page.Open("section", ("class", "answer"), ("id", "answer"), ("aria-labelledby", "question"));
        page.Leaf("h2", "Do in-context learning and instruction tuning converge here, and compared with what?", ("id", "question"));
        page.Open("p", ("class", "verdict")).Leaf("b", first.Verdict.Word + ".").Text(" " + first.Verdict.Sentence).Close();
        WriteTiles(page, first.View);
        page.Open("dl", ("class", "remarks"));
        foreach (var (topic, text) in Remarks.Of(first.View)) page.Open("div").Leaf("dt", topic).Leaf("dd", text).Close();
        page.Close();
        page.Open("details").Leaf("summary", "How this is decided").Leaf("p", Verdict.Rule).Close();
        if (groups.Count > 1) page.Leaf("p", $"This is the answer for {Names.Of(first.View.Group.Group)}; the others follow.", ("class", "note"));
        page.Close();
        if (groups.Count > 1) WriteOverview(page, groups);
    }

    private static void WriteTiles(MarkupWriter page, GroupView view)
    {
        page.Open("dl", ("class", "tiles"), ("aria-label", "Cosine at the last layer, after the final norm"));
        foreach (var pair in Names.Pairs)
            Tile(page, pair.Name, $"{Names.Of(pair)} cosine", view.Headline(pair, MetricNames.Cosine).Estimate);
        Tile(page, "level", "different queries (C1)", view.Headline(ConditionPair.IclIt, MetricNames.Anisotropy).Estimate);
        page.Close().Leaf("p", "Last token, last layer, after the final norm: mean over runs and, in brackets, its 95 % interval.", ("class", "note"));
    }

    private static void Tile(MarkupWriter page, string style, string name, Estimate estimate)
    {
        var parts = NumberText.Parts(estimate, fromZero: false);
        page.Open("div", ("class", style)).Leaf("dt", name).Open("dd").Leaf("b", parts.Mean);
        page.Text(estimate.Interval is null ? "no interval" : parts.Interval).Close().Close();
    }

    private static void WriteOverview(MarkupWriter page, IReadOnlyList<GroupReport> groups)
    {
        page.Leaf("h2", "All groups of runs");
        Table.Write(page, "Cosine at the last layer after the final norm, mean over runs with 95 % interval.", ["group", "runs", "converge?", "ICL–IT", "anchor–ICL", "anchor–IT", "C1"],
            [.. groups.Select(group => (string[])
            [
                Names.Of(group.View.Group.Group), NumberText.Count(group.View.Group.Runs), group.Verdict.Word,
                Cosine(group.View, ConditionPair.IclIt), Cosine(group.View, ConditionPair.AnchorIcl), Cosine(group.View, ConditionPair.AnchorIt),
                NumberText.Of(group.View.Headline(ConditionPair.IclIt, MetricNames.Anisotropy).Estimate),
            ])]);
    }

    private static string Cosine(GroupView view, ConditionPair pair) => NumberText.Of(view.Headline(pair, MetricNames.Cosine).Estimate);
}
