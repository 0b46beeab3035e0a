using Converge.Report.Markup;
using Converge.Studies.Spec;
using Converge.Studies.Statistics;

namespace Converge.Report.Page;

/// <summary>What was measured and how, each statement with its standing.</summary>
internal static class MethodSection
{
    public static void Write(MarkupWriter page, ReportContent report)
    {
        List<GroupReport> groups = [.. report.Groups];
        var bootstrap = report.Options.Results.Bootstrap;
        page.Open("section", ("id", "method")).Leaf("h2", "Method");
        page.Open("p").Text("The question is that of “Exploring the Relationship between In-Context Learning and Instruction Tuning” (Duan, Tang, Yang, Abbasi, Tam; arXiv 2311.10367). Every statement carries its standing.").Close();
        Tags.WriteMeaning(page);
        if (report.Options.Study is { } study)
        {
            WriteText(page, report, study);
            WriteSettings(page, study);
        }
        page.Leaf("h3", "Point by point").Open("ul");
        Item(page, Standing.Known, "Three conditions for every query. Anchor: instruction and query. ICL: demonstrations with their answers as text, then the query. IT: the anchor's prompt, on the model tuned on the same demonstrations.");
        Item(page, Standing.Known, "The state is that of the prompt's last token; the headline is the last layer, and every layer is shown.");
        Item(page, Standing.Assumed, "The headline state is taken after the final norm. The table of layers gives the state before it as well.");
        Item(page, Standing.Known, "Similarity is the cosine, for the pairs anchor–ICL, anchor–IT and ICL–IT; mean and SD over resampled runs. The paper reports about 0.9 for ICL–IT and low values for the other two.");
        Item(page, Standing.Known, "Tuning is LoRA on the query and value projections.");
        Item(page, Standing.Assumed, "Rank, alpha, learning rate, epochs, a fresh adapter for every run and the loss on answer tokens only. What this study used is in the manifest and in the table of tuning.");
        Item(page, Standing.Ours, "Centred cosine: the same after each condition's mean over the run's queries is taken away, at each layer.");
        Item(page, Standing.Ours, "Shift cosine: the cosine of ICL's and IT's moves away from the anchor, and the ratio of their lengths. It exists for ICL–IT alone, since the anchor does not move from itself. Unrelated directions have 0, but both shifts start at the same anchor: three states that differ from a common centre at random give 0.5.");
        Item(page, Standing.Ours, "Controls, without which a high cosine says little. C1: the mean cosine between states of different queries under the same condition. C2: the same study on the architecture with random weights. "
            + "C3: ICL against ICL with other demonstrations, and with the same ones reordered. C4: IT tuned on unrelated data. C5: ICL on as many random tokens. C6: queries for which all conditions predict the same label. C7: random directions of mean zero. "
            + "Of several ways to tune on unrelated data, figures draw the one with the highest similarity.");
        if (groups.Any(group => group.View.Group.Labels is not null))
            Item(page, Standing.Ours, "Accuracy: of a task's labels, each scored as a whole string after the prompt, the most probable is the prediction.");
        if (groups.Any(group => group.View.Group.Labels is null))
            Item(page, Standing.Ours, "A task whose answers are texts of their own, such as translation, has no labels, and so neither accuracy nor agreement of labels. In their place stands the likelihood of the reference answer: "
                + "the mean log-probability of its tokens after the prompt, in nats; perplexity is the exponential of its negative over all tokens of a run's references, and bits per byte the same in bits over their length in UTF-8. "
                + (report.Options.Study?.Metrics.Contains(ExtraMetrics.Generation) == true ? "That says how likely the reference is; what the model writes by greedy decoding is compared with it by chrF and BLEU."
                    : "That says how likely the reference is, not what the model would write."));
        Item(page, Standing.Ours, $"A run (one draw of instruction, demonstrations, queries and adapter) is the unit of resampling. Intervals are studentised bootstrap intervals (bootstrap-t) of the mean over runs at {NumberText.Fixed(100 * bootstrap.Level, 0)} %, "
            + $"with Student's interval where that is wider, cut to the range of the runs, from {NumberText.Count(bootstrap.Resamples)} resamples with seed {bootstrap.Seed}; below {ClusterBootstrap.FewestRuns} runs there is none. They are pointwise: nothing is corrected for the number of layers or pairs.");
        Item(page, Standing.Ours, "A value that is not defined, such as the cosine of a zero vector, is counted as missing and never becomes 0.");
        page.Close();
        string[] shapes = [.. groups.Select(group => $"{group.View.Group.Group.Model}: {group.View.Group.Layers} layers of width {group.View.Group.HiddenSize}").Distinct()];
        page.Leaf("p", $"Models: {string.Join("; ", shapes)}.").Close();
    }

    // Selected whole by one click or by Ctrl+A within it, and saved by the link: neither takes a script.
    private static void WriteText(MarkupWriter page, ReportContent report, StudySpec study)
    {
        var text = MethodsText.Of(report, study);
        page.Leaf("h3", "To paste into a paper", ("id", "methods-text"));
        page.Open("p", ("class", "note")).Text("One click selects all of it. ");
        FigureElement.Download(page, "Save as text", "methods.txt", "text/plain;charset=utf-8", text + "\n");
        page.Close().Leaf("pre", text, ("class", "prose"), ("tabindex", "0"), ("aria-labelledby", "methods-text"));
    }

    private static void WriteSettings(MarkupWriter page, StudySpec study)
    {
        page.Open("details").Leaf("summary", "This study's settings with their standing");
        Table.Write(page, "The study's own settings. Where the study file does not say where a value comes from, no tag stands beside it.", ["setting", "value", "standing"],
            [.. Standings.Of(study).Select(setting => (string[])[setting.Key, setting.Value, Names.Tag(setting.Tag)])], words: true);
        page.Close();
    }

    private static void Item(MarkupWriter page, Standing tag, string text) => Tags.Write(page.Open("li").Text(text + " "), tag).Close();
}
