using System.Text.Json.Nodes;
using Converge.Report.Figures;
using Converge.Studies.Claims;
using Converge.Studies.Tables;

namespace Converge.Report;

/// <summary>Everything that the page is written from.</summary>
internal sealed record ReportContent
{
    /// <summary>The results.</summary>
    public required StudyResults Results { get; init; }

    /// <summary>The groups that the answer is given for, at least one.</summary>
    public required IReadOnlyList<GroupReport> Trained { get; init; }

    /// <summary>The groups of untrained copies (C2).</summary>
    public required IReadOnlyList<GroupReport> Controls { get; init; }

    /// <summary>Checkpoints side by side.</summary>
    public required IReadOnlyList<CheckpointReport> Checkpoints { get; init; }

    /// <summary>The factors.</summary>
    public required IReadOnlyList<FactorReport> Factors { get; init; }

    /// <summary>The verdicts.</summary>
    public required IReadOnlyList<ClaimFinding> Claims { get; init; }

    /// <summary>The manifest.</summary>
    public required JsonNode Manifest { get; init; }

    /// <summary>Names, prompts to show, commands.</summary>
    public required ReportOptions Options { get; init; }

    /// <summary>All groups.</summary>
    public IEnumerable<GroupReport> Groups => Trained.Concat(Controls);

    /// <summary>All figures.</summary>
    public IEnumerable<Figure> Figures => [.. Groups.SelectMany(group => group.Figures), .. Checkpoints.Select(report => report.Figure), .. Factors.Select(factor => factor.Figure)];
}
