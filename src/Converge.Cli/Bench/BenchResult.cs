using System.Reflection;
using System.Text.Json.Nodes;
using Converge.Studies.Run;

namespace Converge.Cli.Bench;

/// <summary>All that was measured so far.</summary>
internal sealed class BenchResult(Peaks peaks)
{
    /// <summary>The machine's peaks.</summary>
    public Peaks Peaks { get; } = peaks;

    /// <summary>What was timed, in order.</summary>
    public List<Measurement> Measurements { get; } = [];

    /// <summary>What was compared, in order.</summary>
    public List<Comparison> Comparisons { get; } = [];

    /// <summary>The versions of things that the comparison ran beside ours, such as <c>PyTorch 1.13.0</c>.</summary>
    public HashSet<string> Peers { get; } = [];

    /// <summary>The program's version, with the commit where the build knew it.</summary>
    public static string Version { get; } = typeof(BenchResult).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The result for machines.</summary>
    public JsonObject Data() => new()
    {
        ["version"] = Version,
        ["processor"] = Machine.Current.Processor,
        ["operating_system"] = Machine.Current.OperatingSystem,
        ["runtime"] = Machine.Current.Runtime,
        ["peers"] = new JsonArray([.. Peers.Select(peer => (JsonNode)peer)]),
        ["peaks"] = Peaks.Data(),
        ["measurements"] = new JsonArray([.. Measurements.Select(measurement => measurement.Data(Peaks))]),
        ["comparisons"] = new JsonArray([.. Comparisons.Select(comparison => comparison.Data())]),
    };
}
