using Converge.Studies.Statistics;

namespace Converge.Studies.Claims;

/// <summary>How the parts of claims are estimated and tested.</summary>
/// <param name="Bootstrap">Of the intervals.</param>
/// <param name="Tests">The tests.</param>
internal sealed record ClaimStatistics(ClusterBootstrap Bootstrap, MeanTests Tests);
