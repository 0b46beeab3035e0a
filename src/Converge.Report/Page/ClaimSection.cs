using Converge.Report.Markup;
using Converge.Studies.Claims;

namespace Converge.Report.Page;

/// <summary>The paper's claims and ours, each with its verdict, what it rests on and the rule.</summary>
internal static class ClaimSection
{
    public static void Write(MarkupWriter page, IReadOnlyList<ClaimFinding> findings)
    {
        if (findings.Count == 0) return;
        page.Open("section", ("id", "claims")).Leaf("h2", "Claims and verdicts");
        int Count(ClaimVerdict verdict) => findings.Count(finding => finding.Verdict == verdict);
        page.Leaf("p", $"{Count(ClaimVerdict.Supported)} supported, {Count(ClaimVerdict.Contradicted)} contradicted, {Count(ClaimVerdict.Inconclusive)} inconclusive.");
        bool several = findings.Select(finding => (finding.Model, finding.Task)).Distinct().Count() > 1;
        Table.Write(page, "P: claims of the paper; Q: ours. The estimate is that of the part that decides; the p-value is corrected for all claims of the study (Holm), the effect size is the mean over runs, less the threshold, in standard deviations.",
            ["claim", "standing", .. several ? (string[])["on"] : [], "verdict", "statement", "estimate", "effect size", "p", "what decides"],
            [.. findings.Select(finding => (string[])
            [
                finding.Claim.Id, $"[{finding.Claim.Tag.ToString().ToLowerInvariant()}]", .. several ? (string[])[$"{finding.Model}, {finding.Task}"] : [], Word(finding.Verdict), finding.Claim.Statement,
                finding.Deciding is { } part ? Estimate(part) : NumberText.Missing, finding.Deciding?.EffectSize is { } effect ? NumberText.Fixed(effect, 2) : NumberText.Missing,
                finding.AdjustedP is { } p ? P(p) : NumberText.Missing, finding.Missing ?? finding.Deciding?.Quantity ?? "",
            ])], finding => finding[several ? 3 : 2] != Word(ClaimVerdict.Inconclusive), words: true);
        page.Open("details").Leaf("summary", "The rules").Leaf("p", ClaimTable.CommonRule).Open("dl", ("class", "facts"));
        foreach (var claim in findings.Select(finding => finding.Claim).DistinctBy(claim => claim.Id)) page.Leaf("dt", claim.Id).Leaf("dd", claim.Rule);
        page.Close().Close().Close();
    }

    private static string Word(ClaimVerdict verdict) => verdict.ToString().ToLowerInvariant();

    private static string Estimate(ClaimPart part) => NumberText.Of(part.Mean) + (part.Interval is { } known ? $" [{NumberText.Of(known.Low)}, {NumberText.Of(known.High)}]" : "");

    private static string P(double p) => p < 0.001 ? "< 0.001" : NumberText.Fixed(p, 3);
}
