using System.Text.Json.Nodes;
using Converge.Studies.Claims;

namespace Converge.Cli.Study;

/// <summary>The table of claims that a run ends with.</summary>
internal static class ClaimLines
{
    /// <summary>Lines for people.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<ClaimFinding> findings)
    {
        yield return $"claims: verdict at {100 * ClaimTable.Level:0} % after Holm's correction for all of them, estimate of the part that decides";
        foreach (var finding in findings)
        {
            yield return $"  {finding.Claim.Id,-7} {finding.Verdict.ToString().ToLowerInvariant(),-12} [{finding.Claim.Tag.ToString().ToLowerInvariant()}] {finding.Claim.Statement} ({finding.Model}, {finding.Task})";
            if (finding.Deciding is { } part)
                yield return $"          {part.Quantity}: {part.Mean:0.0000}{(part.Interval is { } known ? $" [{known.Low:0.0000}, {known.High:0.0000}]" : "")} against {part.Threshold:0.##}"
                    + $"{(part.Margin is { } margin ? $" +- {margin:0.##}" : "")}, p {finding.AdjustedP:0.0000}{(part.EffectSize is { } d ? $", d {d:0.00}" : "")}, {part.Runs} runs";
            if (finding.Missing is { } missing) yield return $"          {missing}";
        }
    }

    /// <summary>The same for machines, in short; <c>claims.json</c> has all.</summary>
    public static JsonArray Data(IReadOnlyList<ClaimFinding> findings) => new([.. findings.Select(finding => (JsonNode)new JsonObject
    {
        ["id"] = finding.Claim.Id,
        ["model"] = finding.Model,
        ["task"] = finding.Task,
        ["verdict"] = finding.Verdict.ToString().ToLowerInvariant(),
        ["estimate"] = finding.Deciding?.Mean,
        ["p_adjusted"] = finding.AdjustedP,
    })]);
}
