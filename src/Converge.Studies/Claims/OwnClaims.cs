using Converge.Studies.Metrics;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Studies.Claims;

/// <summary>Our claims: whether ICL-IT says more than the controls C1 to C7.</summary>
internal static class OwnClaims
{
    public static IReadOnlyList<Claim> All { get; } =
    [
        new("Q1", Standing.Ours, "ICL-IT exceeds the level of different queries (C1)",
            "ICL-IT less the mean cosine of different queries under one condition, the higher of ICL's and IT's, is above 0",
            "a study with at least two queries a run",
            (data, group) => data.Exceeds("ICL-IT less C1", data.Headline(group, Contrasts.Name(ConditionPair.IclIt.Name, MetricNames.Anisotropy), MetricNames.Cosine), 0)),
        new("Q2", Standing.Ours, "ICL-IT exceeds that of the untrained model (C2)",
            "ICL-IT less that of the same architecture with random weights, run by run, is above 0",
            "a study with an untrained copy of the model (studies/beyond.yaml)", Untrained),
        new("Q3", Standing.Ours, "ICL-IT reaches the level of ICL with other demonstrations (C3)",
            "ICL-IT less the cosine of ICL and ICL with other demonstrations is above -0.05",
            "a study with the reference of other demonstrations (studies/beyond.yaml)", Reference),
        new("Q4", Standing.Ours, "ICL and IT shift the state alike, more than random directions do (C7)",
            "the shift cosine of ICL and IT less that of ICL and random directions of mean zero is above 0",
            "any study in which both ICL and IT move the state",
            (data, group) => data.Exceeds("shift cosine less C7", data.Headline(group, Contrasts.Name(ConditionPair.IclIt.Name, SimilarityMetrics.IclRandom), MetricNames.ShiftCosine), 0)),
        new("Q5", Standing.Ours, "ICL and IT are closer to each other than to the anchor where all predict the same (C6)",
            "the two differences of P1 are above 0 among the queries for which anchor, ICL and IT predict the same label",
            "a study of a task with labels", (data, group) => PaperClaims.Closer(data, group, MetricNames.CosineSamePrediction, " at equal predictions")),
        new("Q6", Standing.Ours, "ICL-IT exceeds that of tuning on unrelated data (C4)",
            "ICL-IT less that with an adapter tuned on other tasks, shuffled answers or random tokens is above 0 at every such level",
            "a study with control C4 (studies/beyond.yaml)", (data, group) => Over(data, group, data.Design.UnrelatedTuning)),
        new("Q7", Standing.Ours, "ICL-IT exceeds that of random tokens in place of the demonstrations (C5)",
            "ICL-IT less that with a context of as many random tokens is above 0",
            "a study with control C5 (studies/beyond.yaml)", (data, group) => Over(data, group, data.Design.RandomContext)),
    ];

    private static IEnumerable<ClaimPart> Untrained(ClaimData data, StudyGroup group) =>
        data.Design.Untrained.TryGetValue(group.Model, out var copy)
            ? data.Exceeds("ICL-IT less C2", ClaimData.Minus(data.Cosine(group, ConditionPair.IclIt), data.Cosine(group with { Model = copy }, ConditionPair.IclIt)), 0)
            : [];

    private static IEnumerable<ClaimPart> Reference(ClaimData data, StudyGroup group) =>
        data.Exceeds("ICL-IT less C3", ClaimData.Minus(data.Cosine(group, ConditionPair.IclIt), data.Cosine(group, ConditionPair.IclIclOther)), -PaperClaims.Margin);

    private static IEnumerable<ClaimPart> Over(ClaimData data, StudyGroup group, IReadOnlyList<DesignLevel> controls) =>
        data.Of(controls, group).SelectMany(level => data.Exceeds($"ICL-IT less that at {level.Level.Level}",
            ClaimData.Minus(data.Cosine(group, ConditionPair.IclIt), data.Cosine(level.Group, ConditionPair.IclIt)), 0));
}
