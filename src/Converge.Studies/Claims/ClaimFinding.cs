using Converge.Studies.Statistics;

namespace Converge.Studies.Claims;

/// <summary>What a study says of a claim.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Model">The model that it is about.</param>
/// <param name="Task">The task that it is about.</param>
/// <param name="Verdict">The verdict.</param>
/// <param name="Parts">What was tested; empty where the study lacks what it takes.</param>
/// <param name="P">The p-value of the claim, two-sided; null without parts.</param>
/// <param name="AdjustedP">The same, corrected for all claims of the study by Holm's method.</param>
public sealed record ClaimFinding(Claim Claim, string Model, string Task, ClaimVerdict Verdict, IReadOnlyList<ClaimPart> Parts, double? P, double? AdjustedP)
{
    /// <summary>The part that the verdict hangs on: the weakest for the claim, or, where it is contradicted, the strongest against it. Null without parts.</summary>
    public ClaimPart? Deciding => Verdict == ClaimVerdict.Contradicted ? Parts.MinBy(part => part.Against) : Parts.MaxBy(part => part.For);

    /// <summary>Why it is inconclusive, or null.</summary>
    public string? Missing => Verdict != ClaimVerdict.Inconclusive ? null
        : Parts.Count == 0 ? $"this study lacks what it takes; it would take {Claim.DecidedBy}"
        : Parts.Min(part => part.Runs) < 2 * ClusterBootstrap.FewestRuns ? $"{Parts.Min(part => part.Runs)} runs are too few; it would take {2 * ClusterBootstrap.FewestRuns} or more"
        : "the runs do not tell either way; it would take more of them";
}
