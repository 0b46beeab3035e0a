using Converge.Report.Markup;
using Converge.Studies.Metrics;
using Converge.Studies.Statistics;

namespace Converge.Report;

/// <summary>The answer to the study's question.</summary>
internal enum Answer
{
    /// <summary>ICL-IT exceeds both other pairs and the anisotropy level.</summary>
    Yes,

    /// <summary>ICL-IT exceeds both other pairs, and not the anisotropy level.</summary>
    InPart,

    /// <summary>ICL-IT falls below another pair.</summary>
    No,

    /// <summary>The runs do not decide it.</summary>
    Undecided,
}

/// <summary>The answer for one group of runs, at the headline: cosine of the last token's last state after the final norm.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Sentence">The answer in words, with its numbers.</param>
internal sealed record Verdict(Answer Answer, string Sentence)
{
    /// <summary>How the answer follows from the numbers.</summary>
    public const string Rule =
        "The answer is yes when the 95 % intervals of three differences lie above zero: ICL–IT less anchor–ICL, ICL–IT less anchor–IT, and ICL–IT less the level C1; in part when only the "
        + "first two do; no when one of the first two lies below zero; undecided otherwise. Differences are paired by query and clustered on runs.";

    /// <summary>The first word of the answer.</summary>
    public string Word => Answer switch
    {
        Answer.Yes => "Yes",
        Answer.InPart => "In part",
        Answer.No => "No",
        _ => "Undecided",
    };

    public static Verdict Of(GroupView view)
    {
        Estimate pair = Cosine(view, ConditionPair.IclIt), icl = Cosine(view, ConditionPair.AnchorIcl), it = Cosine(view, ConditionPair.AnchorIt);
        if (pair.Mean is null || icl.Mean is null || it.Mean is null)
            return new(Answer.Undecided, "A state has no direction in every run, so the cosine of ICL and IT is undefined.");
        Interval? overIcl = view.Contrast(ConditionPair.AnchorIcl.Name).Interval, overIt = view.Contrast(ConditionPair.AnchorIt.Name).Interval;
        var numbers = $"ICL–IT {NumberText.Of(pair)}, anchor–ICL {NumberText.Of(icl)}, anchor–IT {NumberText.Of(it)}";
        if (overIcl is not { } a || overIt is not { } b)
            return new(Answer.Undecided, $"With {Runs(pair.Runs)} there is no interval (at least {ClusterBootstrap.FewestRuns} runs are needed), so nothing is decided. The means: {numbers}.");
        if (a.IsBelow(0) || b.IsBelow(0)) return new(Answer.No, Nearer(a.IsBelow(0), b.IsBelow(0), pair, icl, it));
        if (!a.IsAbove(0) || !b.IsAbove(0))
            return new(Answer.Undecided, $"These runs do not show whether ICL and IT are closer to each other than to the anchor: {numbers}.");
        return Beyond(view, pair, icl, it);
    }

    private static Verdict Beyond(GroupView view, Estimate pair, Estimate icl, Estimate it)
    {
        var closer = $"ICL and IT leave states that are closer to each other (cosine {NumberText.Of(pair)}) than either is to the anchor (ICL {NumberText.Of(icl.Mean)}, IT {NumberText.Of(it.Mean)})";
        var level = view.Headline(ConditionPair.IclIt, MetricNames.Anisotropy).Estimate;
        if (view.Contrast(MetricNames.Anisotropy).Interval is not { } over)
            return new(Answer.InPart, $"{closer}. With one query a run there is no telling whether that exceeds what any two queries share.");
        return over.IsAbove(0)
            ? new(Answer.Yes, $"{closer}, and closer than the states of different queries under the same condition are ({NumberText.Of(level.Mean)}).")
            : new(Answer.InPart, $"{closer}, but {(over.IsBelow(0) ? "less close than" : "not clearly closer than")} the states of different queries under the same condition are ({NumberText.Of(level)}). "
                + "So the cosine alone does not show that ICL and IT treat a query alike.");
    }

    private static string Nearer(bool iclStays, bool itStays, Estimate pair, Estimate icl, Estimate it)
    {
        var other = $"ICL–IT is {NumberText.Of(pair)}";
        return (iclStays, itStays) switch
        {
            (true, true) => $"Both stay closer to the anchor (ICL {NumberText.Of(icl)}, IT {NumberText.Of(it)}) than they come to each other: {other}.",
            (true, false) => $"ICL stays closer to the anchor ({NumberText.Of(icl)}) than it comes to IT: {other}.",
            _ => $"IT stays closer to the anchor ({NumberText.Of(it)}) than it comes to ICL: {other}.",
        };
    }

    private static Estimate Cosine(GroupView view, ConditionPair pair) => view.Headline(pair, MetricNames.Cosine).Estimate;

    private static string Runs(int runs) => runs == 1 ? "one run" : $"{runs} runs";
}
