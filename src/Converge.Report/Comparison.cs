using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report;

/// <summary>ICL-IT held against one other similarity at the headline.</summary>
/// <param name="Id">Of a control its id; empty for a pair of conditions.</param>
/// <param name="Name">What it is held against, in words.</param>
/// <param name="Short">The same in fewer letters, with the id.</param>
/// <param name="Series">That similarity.</param>
/// <param name="Difference">ICL-IT less it, paired by run.</param>
internal sealed record Comparison(string Id, string Name, string Short, SeriesSummary Series, Estimate Difference)
{
    /// <summary>The pairs with the anchor, then the controls of the cosine.</summary>
    public static IReadOnlyList<Comparison> Of(GroupView view, ClusterBootstrap bootstrap)
    {
        var own = view.Headline(ConditionPair.IclIt, MetricNames.Cosine);
        return
        [
            .. ((ConditionPair[])[ConditionPair.AnchorIcl, ConditionPair.AnchorIt]).Select(pair => new Comparison("", Names.Of(pair), Names.Of(pair), view.Headline(pair, MetricNames.Cosine), view.Contrast(pair.Name))),
            .. from control in view.Controls
               let series = control.Headline(view, MetricNames.Cosine)
               where series is not null
               select new Comparison(control.Id, control.Words, $"{control.Id} {control.Name}", series, Minus(own, series, bootstrap)),
        ];
    }

    // A run of one belongs to the run of the same number in the other: both drew the same.
    private static Estimate Minus(SeriesSummary first, SeriesSummary second, ClusterBootstrap bootstrap)
    {
        var of = second.Runs.ToDictionary(run => run.Run);
        return Estimate.Of(first.Runs.Where(run => of.ContainsKey(run.Run)).Select(run => run with { Mean = run.Mean - of[run.Run].Mean }), bootstrap);
    }
}
