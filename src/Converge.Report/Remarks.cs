using Converge.Report.Markup;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report;

/// <summary>What must be read beside the answer: how large its numbers are against their levels, and whether the model does the task at all.</summary>
internal static class Remarks
{
    // A mean cosine with the anchor above this is a state that hardly moved.
    private const double HardlyMoved = 0.999;

    public static IReadOnlyList<(string Topic, Standing Tag, string Text)> Of(GroupView view) =>
    [
        ("Against the anchor", Standing.Known, AgainstAnchor(view)),
        ("Against other queries (C1)", Standing.Ours, AgainstLevel(view)),
        ("Without what all queries share", Standing.Ours, Centred(view)),
        ("Direction of the shift", Standing.Ours, Shift(view)),
        .. view.Group.Labels is null ? Array.Empty<(string, Standing, string)>() : [("Where all predict the same (C6)", Standing.Ours, SamePrediction(view))],
        ("The task itself", Standing.Ours, view.Group.Labels is { } labels ? Predictions(view, labels) : Likelihoods(view)),
    ];

    private static string AgainstAnchor(GroupView view)
    {
        var text = $"ICL–IT less anchor–ICL: {Difference(view.Contrast(ConditionPair.AnchorIcl.Name))}; ICL–IT less anchor–IT: {Difference(view.Contrast(ConditionPair.AnchorIt.Name))}.";
        double? icl = view.Headline(ConditionPair.AnchorIcl, MetricNames.Cosine).Estimate.Mean, it = view.Headline(ConditionPair.AnchorIt, MetricNames.Cosine).Estimate.Mean;
        if (icl >= HardlyMoved && it >= HardlyMoved) return text + " Neither moved the state much: all three conditions are nearly the same state.";
        if (it >= HardlyMoved) return text + $" Tuning hardly moved the state (anchor–IT {NumberText.Of(it)}), so ICL–IT repeats anchor–ICL.";
        if (icl >= HardlyMoved) return text + $" The demonstrations hardly moved the state (anchor–ICL {NumberText.Of(icl)}), so ICL–IT repeats anchor–IT.";
        return text;
    }

    private static string AgainstLevel(GroupView view)
    {
        Estimate Level(Condition condition) => view.Headline(condition.Name(), MetricNames.Anisotropy).Estimate;
        if (Level(Condition.Icl).Mean is null || Level(Condition.It).Mean is null) return "Undefined: a run has one query only, so that there is no pair of different queries.";
        var contrast = view.Contrast(MetricNames.Anisotropy);
        var meaning = contrast.Interval switch
        {
            null => "",
            { } interval when interval.IsAbove(0) => " ICL–IT is above that level.",
            { } interval when interval.IsBelow(0) => " ICL–IT is below that level, so its cosine says nothing in favour of convergence.",
            _ => " ICL–IT is not clearly above what any two queries share.",
        };
        return $"States of different queries have cosine {NumberText.Of(Level(Condition.Icl))} under ICL and {NumberText.Of(Level(Condition.It))} under IT. "
            + $"ICL–IT less the higher of the two: {Difference(contrast)}.{meaning}";
    }

    private static string Centred(GroupView view)
    {
        Estimate Value(ConditionPair pair) => view.Headline(pair, MetricNames.CentredCosine).Estimate;
        if (Value(ConditionPair.IclIt).Mean is null) return "Undefined: it takes two queries a run with different states.";
        return $"Centred cosine: ICL–IT {NumberText.Of(Value(ConditionPair.IclIt))}, anchor–ICL {NumberText.Of(Value(ConditionPair.AnchorIcl))}, anchor–IT {NumberText.Of(Value(ConditionPair.AnchorIt))}.";
    }

    private static string Shift(GroupView view)
    {
        Estimate cosine = view.Headline(ConditionPair.IclIt, MetricNames.ShiftCosine).Estimate, ratio = view.Headline(ConditionPair.IclIt, MetricNames.ShiftNormRatio).Estimate;
        if (cosine.Mean is not { } mean) return "Undefined: ICL or IT leaves every state exactly where the anchor has it.";
        var direction = cosine.Interval switch
        {
            null => "Too few runs to tell whether ICL and IT move the state in a common direction",
            { } interval when interval.IsAbove(0) => mean >= 0.9 ? "ICL and IT move the state in nearly the same direction" : mean >= 0.6 ? "ICL and IT move the state in similar directions" : "ICL and IT move the state in loosely related directions",
            { } interval when interval.IsBelow(0) => mean <= -0.6 ? "ICL and IT move the state in opposite directions" : "ICL and IT move the state in loosely opposed directions",
            _ => "ICL and IT move the state in directions that these runs do not show to be related",
        };
        var length = ratio.Mean is null ? "" : $"; ICL's shift is {NumberText.Of(ratio)} times as long as IT's";
        return $"{direction}: shift cosine {NumberText.Of(cosine)}{length}. Both shifts start at the same anchor, so three states with nothing in common already give about 0.5.";
    }

    private static string SamePrediction(GroupView view)
    {
        SeriesSummary? At(string pair) => view.Find(new SeriesKey(view.Group.Group, view.Group.Layers, Taps.FinalNorm, pair, MetricNames.CosineSamePrediction));
        if (At(ConditionPair.IclIt.Name) is not { Estimate: { Mean: not null } same }) return "Undefined: there is no query for which anchor, ICL and IT predict the same label.";
        string Less(ConditionPair other) => At(Contrasts.Name(ConditionPair.IclIt.Name, other.Name)) is { } difference ? Difference(difference.Estimate) : "undefined";
        return $"Of {NumberText.Count(same.Values + same.Missing)} queries, anchor, ICL and IT give the same label for {NumberText.Count(same.Values)}. There, ICL–IT is {NumberText.Of(same)}; "
            + $"less anchor–ICL {Less(ConditionPair.AnchorIcl)}, less anchor–IT {Less(ConditionPair.AnchorIt)}.";
    }

    private static string Predictions(GroupView view, LabelCounts labels)
    {
        double guessing = Math.Max(labels.Chance, labels.Commonest);
        var text = $"Accuracy: {string.Join(", ", Conditions.All.Select(condition => $"{Names.Of(condition)} {NumberText.Of(view.Accuracy(condition))}"))}; "
            + $"guessing evenly gives {NumberText.Of(labels.Chance)}, always the commonest label {NumberText.Of(labels.Commonest)}.";
        if (Conditions.All.Any(condition => view.Accuracy(condition).Interval is null)) return text;
        string[] better = [.. Conditions.All.Where(condition => view.Accuracy(condition).Interval!.Value.IsAbove(guessing)).Select(Names.Of)];
        return better.Length switch
        {
            0 => text + " The model's accuracy is at chance in every condition, so the similarity of its states says nothing about how it learns the task: it shows what the prompts and the tuning do to them.",
            3 => text + " All three conditions do better than guessing.",
            _ => text + $" Only {Names.List(better)} {(better.Length == 1 ? "does" : "do")} better than guessing.",
        };
    }

    private static string Likelihoods(GroupView view)
    {
        Estimate Gain(Condition condition) => view.Answers(Contrasts.Name(condition.Name(), Condition.Anchor.Name()), MetricNames.LogLikelihood).Estimate;
        Condition[] learners = [Condition.Icl, Condition.It];
        var text = "There are no labels, so likelihood stands in place of accuracy. Mean log-probability of a token of the reference, in nats: "
            + $"{string.Join(", ", Conditions.All.Select(condition => $"{Names.Of(condition)} {NumberText.BelowZero(view.LogLikelihood(condition))}"))}; "
            + $"{string.Join(", ", learners.Select(condition => $"{Names.Of(condition)} less anchor {Difference(Gain(condition))}"))}.";
        if (learners.Any(condition => Gain(condition).Interval is null)) return text;
        string[] better = [.. learners.Where(condition => Gain(condition).Interval!.Value.IsAbove(0)).Select(Names.Of)];
        return better.Length switch
        {
            0 => text + " Neither the demonstrations nor the tuning make the reference clearly likelier, so the similarity of the states says nothing about how the model learns the task: it shows what the prompts and the tuning do to them.",
            1 => text + $" Only {better[0]} makes the reference clearly likelier than the anchor does.",
            _ => text + " Both make the reference likelier than the anchor does.",
        };
    }

    private static string Difference(Estimate estimate) => estimate.Mean is null ? "undefined" : NumberText.OfDifference(estimate);
}
