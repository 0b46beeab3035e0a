using Converge.Studies.Run;

namespace Converge.Cli.Bench;

/// <summary>The result as Markdown, which is what people are shown and what is kept.</summary>
internal static class BenchPage
{
    /// <summary>Where the results of this processor are kept: <c>bench/results/PROCESSOR.md</c>.</summary>
    public static string DefaultFile => Path.Combine("bench", "results", string.Join('-', Machine.Current.Processor.ToLowerInvariant().Split([.. Machine.Current.Processor.ToLowerInvariant().Where(c => !char.IsAsciiLetterOrDigit(c) && c != '.')], StringSplitOptions.RemoveEmptyEntries)) + ".md");

    /// <summary>The lines of the page.</summary>
    public static IEnumerable<string> Lines(BenchResult result)
    {
        yield return $"# converge bench: {Machine.Current.Processor}";
        yield return "";
        yield return $"- converge {BenchResult.Version}, {Machine.Current.Runtime}, {Machine.Current.OperatingSystem}{string.Concat(result.Peers.Select(peer => $", {peer}"))}";
        foreach (var line in result.Peaks.Lines()) yield return $"- {line}";
        foreach (var section in result.Measurements.GroupBy(measurement => measurement.Section))
        {
            yield return "";
            yield return $"## {section.Key}";
            yield return "";
            foreach (var line in Table([.. section], result.Peaks)) yield return line;
        }
        if (result.Comparisons.Count == 0) yield break;
        yield return "";
        yield return "## comparisons";
        yield return "";
        foreach (var line in PipeTable.Lines(["shape", "work", "against", "our speed over the other", "each time"], 3, [.. result.Comparisons.Select(Row)])) yield return line;
    }

    private static IEnumerable<string> Table(IReadOnlyList<Measurement> rows, Peaks peaks)
    {
        bool weights = rows[0].WeightBytes > 0;
        string[] header = ["shape", "work", "weights", "compute", "tokens", "GFLOP/s", "of peak", "8 of 10 within", "best", .. weights ? new[] { "GB/s", "of memory" } : ["tokens/s", "seconds"]];
        return PipeTable.Lines(header, 4, [.. rows.Select(row => new[]
        {
            row.Shape,
            row.Name,
            row.Weights.ToString().ToLowerInvariant(),
            row.Compute.ToString().ToLowerInvariant(),
            $"{row.Tokens}",
            $"{row.FlopsPerSecond / 1e9:0.0}",
            $"{row.FlopsPerSecond / peaks.Of(row.Compute):0.000}",
            $"{row.Flops / row.Timing.Quantile(0.9) / peaks.Of(row.Compute):0.000}..{row.Flops / row.Timing.Quantile(0.1) / peaks.Of(row.Compute):0.000}",
            $"{row.Flops / row.Timing.Quantile(0) / peaks.Of(row.Compute):0.000}",
            weights ? $"{row.BytesPerSecond / 1e9:0.0}" : $"{row.TokensPerSecond:0}",
            weights ? $"{row.BytesPerSecond / peaks.Bandwidth:0.000}" : $"{row.Timing.Median:0.0000}",
        })]);
    }

    private static string[] Row(Comparison comparison) =>
        [comparison.Shape, comparison.Name, comparison.Against, $"{comparison.Ratio:0.00}x", string.Join(' ', comparison.Ratios.Select(ratio => $"{ratio:0.00}"))];
}
