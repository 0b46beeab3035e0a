using System.Text.Json.Nodes;
using Converge.Report.Markup;
using Converge.Studies.Claims;
using Converge.Studies.Statistics;
using Converge.Studies.Tables;

namespace Converge.Report.Page;

/// <summary>The report as one HTML file that needs nothing else: no script, no font, no request.</summary>
internal static class ReportPage
{
    // Should hostile text ever become markup, the browser still runs and fetches nothing.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    public static string Of(StudyResults results, IReadOnlyList<GroupReport> groups, IReadOnlyList<FactorReport> factors, IReadOnlyList<ClaimFinding> claims, JsonNode manifest, ReportOptions options)
    {
        var page = new MarkupWriter();
        page.Markup("<!DOCTYPE html>\n").Open("html", ("lang", "en"));
        page.Open("head").Empty("meta", ("charset", "utf-8"))
            .Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy))
            .Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Empty("meta", ("name", "color-scheme"), ("content", "light dark"))
            .Empty("link", ("rel", "icon"), ("href", "data:,"))
            .Leaf("title", $"{results.Study} – Converge").Open("style").Markup(ReportCss.Text).Close().Close();
        page.Open("body");
        WriteHeader(page, results, factors.Count > 0, claims.Count > 0, manifest, options);
        page.Open("main");
        AnswerSection.Write(page, groups);
        ClaimSection.Write(page, claims);
        FactorSection.Write(page, factors);
        for (int i = 0; i < groups.Count; i++) GroupSection.Write(page, groups[i], i, groups.Count, options);
        MethodSection.Write(page, groups, options.Results.Bootstrap);
        ManifestSection.Write(page, manifest);
        ReproduceSection.Write(page, options);
        page.Close();
        page.Open("footer").Leaf("p", "Made by Converge from stored units. This page loads nothing from anywhere; its numbers are also in tables/*.csv, its figures in figures/*.svg.").Close();
        return page.Close().Close().ToString();
    }

    private static void WriteHeader(MarkupWriter page, StudyResults results, bool hasFactors, bool hasClaims, JsonNode manifest, ReportOptions options)
    {
        int runs = results.Groups.Sum(group => group.Runs), queries = results.Groups.Sum(group => group.Queries);
        page.Open("header").Open("h1").Text("In-context learning and instruction tuning: ").Leaf("bdi", results.Study).Close();
        page.Open("p", ("class", "sub")).Leaf("bdi", Names.List([.. results.Groups.Select(group => group.Group.Model).Distinct()])).Text(" on ")
            .Leaf("bdi", Names.List([.. results.Groups.Select(group => group.Group.Task).Distinct()]))
            .Text($": {Plural(runs, "run")}, {Plural(queries, "query", "queries")} under each of three conditions{(hasFactors ? ", over all levels of its factors" : "")}.").Close();
        foreach (var note in ManifestSection.ModelNotes(manifest)) Banner(page, "About the model: ", note);
        if (options.PlannedUnits is { } planned && planned > runs)
            Banner(page, "Incomplete: ", $"{runs} of {planned} planned units are finished. Run the study again to compute the rest.");
        if (results.Groups.Any(group => group.Runs < ClusterBootstrap.FewestRuns))
            Banner(page, "Few runs: ", $"below {ClusterBootstrap.FewestRuns} runs there is no 95 % interval, and nothing is decided.");
        page.Open("nav", ("aria-label", "Sections"));
        foreach (var (target, text) in ((string, string)[])[("answer", "Answer"), .. hasClaims ? [("claims", "Claims")] : Array.Empty<(string, string)>(), .. hasFactors ? [("factors", "Factors")] : Array.Empty<(string, string)>(), ("group-1", "Figures and numbers"), ("prompts-1", "Prompts"), ("method", "Method"), ("manifest", "Manifest"), ("reproduce", "Reproduce")])
            page.Leaf("a", text, ("href", "#" + target));
        page.Close().Close();
    }

    private static void Banner(MarkupWriter page, string topic, string text) =>
        page.Open("p", ("class", "banner"), ("role", "note")).Leaf("b", topic).Text(text).Close();

    private static string Plural(int count, string one, string? many = null) => $"{NumberText.Count(count)} {(count == 1 ? one : many ?? one + "s")}";
}
