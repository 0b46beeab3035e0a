using Converge.Report.Markup;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Tables;

namespace Converge.Report.Page;

/// <summary>What the conditions make of the answers as a table: predictions over the label set, or the likelihood of references.</summary>
internal static class AnswerTables
{
    public static void Write(MarkupWriter page, GroupView view)
    {
        if (view.Group.Labels is { } labels) WritePredictions(page, view, labels);
        else WriteLikelihoods(page, view);
    }

    private static void WritePredictions(MarkupWriter page, GroupView view, LabelCounts labels)
    {
        List<string[]> rows = [.. OfConditions(view, "accuracy", MetricNames.Accuracy), .. Differences(view, "accuracy", MetricNames.Accuracy)];
        foreach (var pair in Names.Pairs) rows.Add(NumberTables.Row($"same label, {Names.Of(pair)}", view.Answers(pair.Name, MetricNames.Agreement)));
        Table.Write(page, "Predictions over the label set. A tie for the most probable label counts as drawing lots would.", NumberTables.Columns, rows);
        page.Open("p", ("class", "note")).Text("Queries by gold label: ");
        for (int i = 0; i < labels.Words.Count; i++) page.Text(i == 0 ? "" : ", ").Leaf("bdi", labels.Words[i]).Text($" {NumberText.Count(labels.Gold[i])}");
        page.Text(".").Close();
    }

    private static void WriteLikelihoods(MarkupWriter page, GroupView view)
    {
        string[][] rows =
        [
            .. OfConditions(view, "log-likelihood", MetricNames.LogLikelihood), .. Differences(view, "log-likelihood", MetricNames.LogLikelihood),
            .. OfConditions(view, "perplexity", MetricNames.Perplexity), .. OfConditions(view, "bits per byte", MetricNames.BitsPerByte),
        ];
        Table.Write(page, "Likelihood of the reference answers, read after their prompts. Log-likelihood: mean log-probability of a reference's tokens, in nats, one value a query; "
            + "perplexity and bits per byte: of all references of a run together.", NumberTables.Columns, rows);
    }

    private static IEnumerable<string[]> OfConditions(GroupView view, string name, string metric) =>
        Conditions.All.Select(condition => NumberTables.Row($"{name}, {Names.Of(condition)}", view.Answers(condition.Name(), metric)));

    private static IEnumerable<string[]> Differences(GroupView view, string name, string metric) =>
        Contrasts.OfConditions.Select(pair => NumberTables.Row($"{name}, {Names.Of(pair.First)} less {Names.Of(pair.Second)}", view.Answers(Contrasts.Name(pair.First.Name(), pair.Second.Name()), metric)));
}
