using System.Text.Json;
using Converge.Engine;
using Converge.Studies.Run;
using Converge.Studies.Spec;

namespace Converge.Studies.Claims;

/// <summary><c>OUT/claims.json</c>: every claim with its verdict, for machines.</summary>
public static class ClaimsFile
{
    /// <summary>The name of the file.</summary>
    public const string Name = "claims.json";

    /// <summary>Writes the file into a study's folder, whole or not at all.</summary>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    public static void Write(string folder, string study, IReadOnlyList<ClaimFinding> findings) =>
        AtomicFile.WriteText(Path.Combine(folder, Name), JsonSerializer.Serialize(new Page(study, ClaimTable.Level, ClaimTable.CommonRule, [.. findings.Select(Row.Of)]), StudyJson.Page) + "\n");

    private sealed record Page(string Study, double Level, string Rule, IReadOnlyList<Row> Claims);

    private sealed record Row(
        string Id, Standing Tag, string Model, string Task, string Statement, string Rule, ClaimVerdict Verdict, double? Estimate, double? Low, double? High, int? Runs,
        double? EffectSize, double? RankBiserial, double? P, double? AdjustedP, string? Missing, IReadOnlyList<ClaimPart> Parts)
    {
        public static Row Of(ClaimFinding finding) => new(
            finding.Claim.Id, finding.Claim.Tag, finding.Model, finding.Task, finding.Claim.Statement, finding.Claim.Rule, finding.Verdict,
            finding.Deciding?.Mean, finding.Deciding?.Interval?.Low, finding.Deciding?.Interval?.High, finding.Deciding?.Runs,
            finding.Deciding?.EffectSize, finding.Deciding?.RankBiserial, finding.P, finding.AdjustedP, finding.Missing, finding.Parts);
    }
}
