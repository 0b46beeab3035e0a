using System.Globalization;
using System.Text.Json.Nodes;
using Converge.Studies.Advice;

namespace Converge.Cli.Study;

/// <summary>Advice for people and for machines.</summary>
internal static class AdviceText
{
    /// <summary>Lines of Markdown: the recommendation first.</summary>
    public static IEnumerable<string> Lines(Advice advice)
    {
        yield return advice.Recommended is { } option ? $"**Use {option.Name}** ({advice.Measure} {Number(option.Quality.Mean)})." : "**Use none of these**.";
        yield return "";
        yield return $"| option | {advice.Measure} | 95 % interval | calibration error | tokens a query | operations a query | with prefix kept | operations to tune | share of ICL's shift |";
        yield return "|---|---|---|---|---|---|---|---|---|";
        foreach (var one in advice.Options)
            yield return $"| {one.Name} | {Number(one.Quality.Mean)} | {(one.Quality.Interval is { } known ? $"{Number(known.Low)} to {Number(known.High)}" : "too few runs")} | {Number(one.CalibrationError)} | {one.TokensPerQuery.ToString("0", CultureInfo.InvariantCulture)} | {Flops(one.FlopsPerQuery)} | {Flops(one.FlopsPerQueryWithPrefixKept)} | {(one.TuningFlops > 0 ? Flops(one.TuningFlops) : "")} | {(one.ShareOfShift is { } share ? Number(share.Mean) : "")} |";
        yield return "";
        if (advice.Commonest is { } commonest) yield return $"Always giving the commonest answer would be right in {Number(commonest)} of the cases.";
        yield return "";
        yield return "Why:";
        foreach (var sentence in advice.Evidence) yield return $"- {sentence}";
        yield return "";
        yield return "Doubts:";
        foreach (var sentence in advice.Doubts) yield return $"- {sentence}";
    }

    /// <summary>The same for machines.</summary>
    public static JsonObject Data(Advice advice) => new()
    {
        ["recommended"] = advice.Recommended?.Name,
        ["measure"] = advice.Measure,
        ["expected_queries"] = advice.ExpectedQueries,
        ["commonest"] = advice.Commonest,
        ["options"] = new JsonArray([.. advice.Options.Select(one => (JsonNode)new JsonObject
        {
            ["name"] = one.Name,
            ["demonstrations"] = one.Demonstrations,
            ["quality"] = one.Quality.Mean,
            ["low"] = one.Quality.Interval?.Low,
            ["high"] = one.Quality.Interval?.High,
            ["as_good_as_the_best"] = advice.AsGood.Contains(one),
            ["calibration_error"] = one.CalibrationError,
            ["tokens_per_query"] = one.TokensPerQuery,
            ["flops_per_query"] = one.FlopsPerQuery,
            ["flops_per_query_with_prefix_kept"] = one.FlopsPerQueryWithPrefixKept,
            ["tuning_flops"] = one.TuningFlops,
            ["share_of_icl_shift"] = one.ShareOfShift?.Mean,
        })]),
        ["evidence"] = new JsonArray([.. advice.Evidence.Select(sentence => (JsonNode)sentence)]),
        ["doubts"] = new JsonArray([.. advice.Doubts.Select(sentence => (JsonNode)sentence)]),
    };

    private static string Number(double? value) => value is { } number ? number.ToString("0.000", CultureInfo.InvariantCulture) : "";

    private static string Flops(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
