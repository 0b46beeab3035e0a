using System.Text.Json.Nodes;

namespace Converge.Cli.Bench;

/// <summary>Two ways to do the same work, as a ratio of speeds.</summary>
/// <param name="Shape">The model's shape.</param>
/// <param name="Name">The work.</param>
/// <param name="Against">What ours is compared with.</param>
/// <param name="Ratios">Our speed over the other's, one for each time that both ran in turn.</param>
internal sealed record Comparison(string Shape, string Name, string Against, IReadOnlyList<double> Ratios)
{
    /// <summary>The mean of the ratios.</summary>
    public double Ratio => Ratios.Average();

    /// <summary>The comparison for machines.</summary>
    public JsonObject Data() => new()
    {
        ["shape"] = Shape,
        ["name"] = Name,
        ["against"] = Against,
        ["ratio"] = Ratio,
        ["ratios"] = new JsonArray([.. Ratios.Select(ratio => (JsonNode)ratio)]),
    };
}
