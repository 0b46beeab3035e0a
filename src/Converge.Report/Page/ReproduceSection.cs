using Converge.Report.Markup;

namespace Converge.Report.Page;

/// <summary>How to make the study again.</summary>
internal static class ReproduceSection
{
    public static void Write(MarkupWriter page, ReportOptions options)
    {
        page.Open("section", ("id", "reproduce")).Leaf("h2", "How to reproduce");
        page.Leaf("p", "With the same study, model and data (their digests are in the manifest) these commands give the same numbers, whatever the number of threads, shards or interruptions. "
            + "Processors with other instruction sets may differ by rounding.");
        page.Leaf("pre", string.Join("\n", options.Commands.DefaultIfEmpty("converge run STUDY\nconverge report OUT")));
        page.Leaf("p", "converge report rebuilds tables, figures and this page from the stored units, byte for byte.", ("class", "note")).Close();
    }
}
