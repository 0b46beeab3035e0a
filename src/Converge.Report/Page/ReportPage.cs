using Converge.Report.Markup;
using Converge.Studies.Statistics;

namespace Converge.Report.Page;

/// <summary>The report as one HTML file that needs nothing else: no script, no font, no request.</summary>
internal static class ReportPage
{
    // Should hostile text ever become markup, the browser still runs and fetches nothing.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

    public static string Of(ReportContent report)
    {
        var page = new MarkupWriter();
        page.Markup("<!DOCTYPE html>\n").Open("html", ("lang", "en"));
        page.Open("head").Empty("meta", ("charset", "utf-8"))
            .Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", Policy))
            .Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Empty("meta", ("name", "color-scheme"), ("content", "light dark"))
            .Empty("link", ("rel", "icon"), ("href", "data:,"))
            .Leaf("title", $"{report.Results.Study} – Converge").Open("style").Markup(ReportCss.Text).Close().Close();
        page.Open("body");
        page.Leaf("a", "Skip to the answer", ("class", "skip"), ("href", "#answer"));
        WriteHeader(page, report);
        page.Open("main");
        AnswerSection.Write(page, report);
        ClaimSection.Write(page, report.Claims);
        FactorSection.Write(page, report);
        int index = 0, groups = report.Groups.Count();
        foreach (var group in report.Groups) GroupSection.Write(page, group, index, groups, index++ >= report.Trained.Count, report.Options);
        MethodSection.Write(page, report);
        ManifestSection.Write(page, report.Manifest);
        ReproduceSection.Write(page, report.Options);
        page.Close();
        page.Open("footer").Leaf("p", "Made by Converge from stored units. This page loads nothing from anywhere; its numbers are also in tables/*.csv, its figures in figures/*.svg.").Close();
        return page.Close().Close().ToString();
    }

    private static void WriteHeader(MarkupWriter page, ReportContent report)
    {
        var (results, options) = (report.Results, report.Options);
        int runs = results.Groups.Sum(group => group.Runs), queries = results.Groups.Sum(group => group.Queries);
        page.Open("header").Open("h1").Text("In-context learning and instruction tuning: ").Leaf("bdi", results.Study).Close();
        page.Open("p", ("class", "sub")).Leaf("bdi", Names.List([.. results.Groups.Select(group => group.Group.Model).Distinct()])).Text(" on ")
            .Leaf("bdi", Names.List([.. results.Groups.Select(group => group.Group.Task).Distinct()]))
            .Text($": {Plural(runs, "run")}, {Plural(queries, "query", "queries")} under each of three conditions{(report.Factors.Count > 0 ? ", over all levels of its factors" : "")}.").Close();
        foreach (var note in ManifestSection.ModelNotes(report.Manifest)) Banner(page, "About the model: ", note);
        if (options.PlannedUnits is { } planned && planned > runs)
            Banner(page, "Incomplete: ", $"{runs} of {planned} planned units are finished. Run the study again to compute the rest.");
        if (results.Groups.Any(group => group.Runs < ClusterBootstrap.FewestRuns))
            Banner(page, "Few runs: ", $"below {ClusterBootstrap.FewestRuns} runs there is no 95 % interval, and nothing is decided.");
        page.Open("nav", ("aria-label", "Sections"));
        foreach (var (target, text, there) in ((string, string, bool)[])
            [
                ("answer", "Answer", true), ("claims", "Claims", report.Claims.Count > 0), ("checkpoints", "Checkpoints", report.Checkpoints.Count > 0), ("factors", "Factors", report.Factors.Count > 0),
                ("group-1", "Figures and numbers", true), ("prompts-1", "Prompts", true), ("method", "Method", true), ("methods-text", "Methods text", options.Study is not null), ("manifest", "Manifest", true), ("reproduce", "Reproduce", true),
            ])
            if (there) page.Leaf("a", text, ("href", "#" + target));
        page.Close().Close();
    }

    private static void Banner(MarkupWriter page, string topic, string text) =>
        page.Open("p", ("class", "banner"), ("role", "note")).Leaf("b", topic).Text(text).Close();

    private static string Plural(int count, string one, string? many = null) => $"{NumberText.Count(count)} {(count == 1 ? one : many ?? one + "s")}";
}
