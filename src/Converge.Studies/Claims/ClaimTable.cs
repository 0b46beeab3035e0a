using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Studies.Claims;

/// <summary>All claims of a study with their verdicts.</summary>
public static class ClaimTable
{
    /// <summary>The level of significance of a study's verdicts, together.</summary>
    public const double Level = 0.05;

    /// <summary>How every verdict follows from its parts.</summary>
    public const string CommonRule =
        "A claim is supported when all its parts hold and contradicted when one of them is reversed, each at the level of 5 % with Holm's correction for all claims of the study; otherwise it is "
        + "inconclusive. The p-value for a claim is the greatest of its parts', that against it the smallest times their number, and the claim's own twice the smaller of the two. Parts are tested twice, by "
        + "flipping the signs of runs about the threshold and by the studentised bootstrap, and the larger p-value counts.";

    /// <summary>The claims, in the order in which a table shows them.</summary>
    public static IReadOnlyList<Claim> Claims { get; } = [.. PaperClaims.All, .. BreadthClaims.All, .. OwnClaims.All];

    /// <summary>
    /// Decides P1 to P7 and Q1 onwards for every trained model and task, and P8 from the first model and task. The same results, design and options give
    /// the same table.
    /// </summary>
    /// <param name="results">The study's results.</param>
    /// <param name="design">The study's design.</param>
    /// <param name="options">The bootstrap's settings; its seed is that of the permutations too.</param>
    public static IReadOnlyList<ClaimFinding> Of(StudyResults results, StudyDesign design, BootstrapOptions options)
    {
        var data = new ClaimData(results, design, new ClaimStatistics(new ClusterBootstrap(options), new MeanTests(new PermutationOptions { Seed = options.Seed })));
        List<StudyGroup> groups = [.. from task in design.Tasks from model in design.Models select ClaimData.BaseOf(model, task)];
        groups.RemoveAll(group => !data.Has(group));
        var asked = from one in groups
                    from claim in Claims
                    where !BreadthClaims.All.Contains(claim) || one == groups[0]
                    select (Group: one, Claim: claim, Parts: (IReadOnlyList<ClaimPart>)[.. claim.Parts(data, one)]);
        var open = asked.ToList();
        // What a study lacks is said once; a factor that covers some models and tasks is asked of those.
        open.RemoveAll(one => one.Parts.Count == 0 && (one.Group != groups[0] || open.Any(other => other.Claim == one.Claim && other.Parts.Count > 0)));
        var sides = open.Select(one => Sides(one.Parts)).ToList();
        double?[] adjusted = Holm.Adjust([.. sides.Select(side => side?.TwoSided)]);
        return [.. open.Select((one, i) => new ClaimFinding(one.Claim, one.Group.Model, one.Group.Task, VerdictOf(sides[i], adjusted[i]), one.Parts, sides[i]?.TwoSided, adjusted[i]))];
    }

    // All parts must hold (an intersection-union test); one reversed part is enough against (corrected for their number).
    private static PValues? Sides(IReadOnlyList<ClaimPart> parts) =>
        parts.Count == 0 ? null : new PValues(parts.Max(part => part.For), Math.Min(1, parts.Count * parts.Min(part => part.Against)));

    private static ClaimVerdict VerdictOf(PValues? sides, double? adjusted) =>
        sides is not { } p || !(adjusted < Level) ? ClaimVerdict.Inconclusive : p.Greater < p.Less ? ClaimVerdict.Supported : ClaimVerdict.Contradicted;
}
