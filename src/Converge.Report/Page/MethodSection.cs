using Converge.Report.Markup;
using Converge.Studies.Statistics;

namespace Converge.Report.Page;

/// <summary>What was measured and how, each statement with its standing.</summary>
internal static class MethodSection
{
    private enum Tag
    {
        Known,
        Assumed,
        Ours,
    }

    public static void Write(MarkupWriter page, IReadOnlyList<GroupReport> groups, BootstrapOptions bootstrap)
    {
        page.Open("section", ("id", "method")).Leaf("h2", "Method");
        page.Open("p").Text("The question is that of “Exploring the Relationship between In-Context Learning and Instruction Tuning” (Duan, Tang, Yang, Abbasi, Tam; arXiv 2311.10367). Every statement carries its standing: ");
        Mark(page, Tag.Known).Text(" stated in public sources on the paper, ");
        Mark(page, Tag.Assumed).Text(" a default of this program where those sources are silent, never the paper's word, and ");
        Mark(page, Tag.Ours).Text(" beyond the paper.").Close();
        page.Open("ul");
        Item(page, Tag.Known, "Three conditions for every query. Anchor: instruction and query. ICL: demonstrations with their answers as text, then the query. IT: the anchor's prompt, on the model tuned on the same demonstrations.");
        Item(page, Tag.Known, "The state is that of the prompt's last token; the headline is the last layer, and every layer is shown.");
        Item(page, Tag.Assumed, "The headline state is taken after the final norm. The table of layers gives the state before it as well.");
        Item(page, Tag.Known, "Similarity is the cosine, for the pairs anchor–ICL, anchor–IT and ICL–IT; mean and SD over resampled runs. The paper reports about 0.9 for ICL–IT and low values for the other two.");
        Item(page, Tag.Known, "Tuning is LoRA on the query and value projections.");
        Item(page, Tag.Assumed, "Rank, alpha, learning rate, epochs, a fresh adapter for every run and the loss on answer tokens only. What this study used is in the manifest and in the table of tuning.");
        Item(page, Tag.Ours, "Centred cosine: the same after each condition's mean over the run's queries is taken away, at each layer.");
        Item(page, Tag.Ours, "Shift cosine: the cosine of ICL's and IT's moves away from the anchor, and the ratio of their lengths. It exists for ICL–IT alone, since the anchor does not move from itself. Unrelated directions have 0, but both shifts start at the same anchor: three states that differ from a common centre at random give 0.5.");
        Item(page, Tag.Ours, "C1, anisotropy: the mean cosine between states of different queries under the same condition. Without it a high cosine says little.");
        if (groups.Any(group => group.View.Group.Labels is not null))
            Item(page, Tag.Ours, "Accuracy: of a task's labels, each scored as a whole string after the prompt, the most probable is the prediction.");
        if (groups.Any(group => group.View.Group.Labels is null))
            Item(page, Tag.Ours, "A task whose answers are texts of their own, such as translation, has no labels, and so neither accuracy nor agreement of labels. In their place stands the likelihood of the reference answer: "
                + "the mean log-probability of its tokens after the prompt, in nats; perplexity is the exponential of its negative over all tokens of a run's references, and bits per byte the same in bits over their length in UTF-8. "
                + "Nothing is generated, so this says how likely the reference is, not what the model would write.");
        Item(page, Tag.Ours, $"A run (one draw of instruction, demonstrations, queries and adapter) is the unit of resampling. Intervals are studentised bootstrap intervals (bootstrap-t) of the mean over runs at {NumberText.Fixed(100 * bootstrap.Level, 0)} %, "
            + $"cut to the range of the runs, from {NumberText.Count(bootstrap.Resamples)} resamples with seed {bootstrap.Seed}; below {ClusterBootstrap.FewestRuns} runs there is none. They are pointwise: nothing is corrected for the number of layers or pairs.");
        Item(page, Tag.Ours, "A value that is not defined, such as the cosine of a zero vector, is counted as missing and never becomes 0.");
        page.Close();
        string[] shapes = [.. groups.Select(group => $"{group.View.Group.Group.Model}: {group.View.Group.Layers} layers of width {group.View.Group.HiddenSize}").Distinct()];
        page.Leaf("p", $"Models: {string.Join("; ", shapes)}.").Close();
    }

    private static MarkupWriter Mark(MarkupWriter page, Tag tag) => page.Leaf("span", $"[{tag.ToString().ToLowerInvariant()}]", ("class", "tag"));

    private static void Item(MarkupWriter page, Tag tag, string text) => Mark(page.Open("li").Text(text + " "), tag).Close();
}
