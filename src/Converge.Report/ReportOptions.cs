using Converge.Studies.Claims;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report;

/// <summary>What a report needs beside the units and the manifest.</summary>
public sealed record ReportOptions
{
    /// <summary>The study's name, the bootstrap's settings, and of how many runs and queries the prompts are shown.</summary>
    public required ResultOptions Results { get; init; }

    /// <summary>
    /// The text of a token (model's id in the study, token id), or null where it is not known. Shown beside the ids.
    /// </summary>
    public Func<string, int, string?>? PieceOf { get; init; }

    /// <summary>The number of units that the study plans; a report of fewer says that it is incomplete.</summary>
    public int? PlannedUnits { get; init; }

    /// <summary>The factors that the study varies.</summary>
    public IReadOnlyList<FactorSpec> Factors { get; init; } = [];

    /// <summary>What claims need to know of the study; null: none are decided.</summary>
    public StudyDesign? Design { get; init; }

    /// <summary>The study: its settings with their standing and the paragraph on methods; null: neither is written.</summary>
    public StudySpec? Study { get; init; }

    /// <summary>The number of parameters of the study's models, by their ids; checkpoints of known size are drawn side by side.</summary>
    public IReadOnlyDictionary<string, long> Parameters { get; init; } = new Dictionary<string, long>();

    /// <summary>The commands that make this study again, one a line.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];
}
