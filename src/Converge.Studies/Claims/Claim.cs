using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Studies.Claims;

/// <summary>A statement that a study can decide (METHOD, section 6).</summary>
/// <param name="Id">P1 to P8 for the paper's claims, Q1 onwards for ours.</param>
/// <param name="Tag">Where the statement comes from.</param>
/// <param name="Statement">The statement, for one model and task.</param>
/// <param name="Rule">What it takes to support it, in words; <see cref="ClaimTable.CommonRule"/> holds for all.</param>
/// <param name="DecidedBy">The study that would decide it where this one lacks what it takes.</param>
/// <param name="Parts">What must hold, from the results of one model and task; none where the study lacks what it takes.</param>
public sealed record Claim(string Id, Standing Tag, string Statement, string Rule, string DecidedBy, Func<ClaimData, StudyGroup, IEnumerable<ClaimPart>> Parts);
