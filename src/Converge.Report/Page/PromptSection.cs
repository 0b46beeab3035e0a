using System.Globalization;
using Converge.Report.Markup;
using Converge.Studies.Tables;

namespace Converge.Report.Page;

/// <summary>Prompts as they were run, with their tokens: of some runs, under every condition, and what the adapter was tuned on.</summary>
internal static class PromptSection
{
    public static void Write(MarkupWriter page, GroupResults group, string number, Func<string, int, string?>? pieceOf)
    {
        page.Leaf("h3", "The prompts that were really used", ("id", "prompts-" + number));
        page.Leaf("p", $"{(group.Samples.Count == 1 ? "One run" : $"{group.Samples.Count} runs")} of {group.Runs}. White space, line breaks and every token id are as the model saw them; "
            + "characters that cannot be seen are shown by symbols or code points.", ("class", "note"));
        foreach (var sample in group.Samples) WriteRun(page, group, sample, pieceOf);
    }

    private static void WriteRun(MarkupWriter page, GroupResults group, SampleRun sample, Func<string, int, string?>? pieceOf)
    {
        page.Open("details").Leaf("summary", $"Run {sample.Run}");
        page.Open("dl", ("class", "facts"));
        page.Leaf("dt", "instruction").Open("dd").Leaf("bdi", sample.Instruction).Close();
        page.Leaf("dt", "demonstrations").Open("dd").Leaf("bdi", sample.Demonstrations.Count == 0 ? "none" : string.Join(", ", sample.Demonstrations)).Close().Close();
        foreach (var prompt in sample.Prompts)
        {
            page.Open("h4").Text($"{Names.Of(prompt.Condition)}, query ").Leaf("bdi", prompt.Query).Text(group.Labels is null ? ", reference " : ", gold label ").Leaf("bdi", prompt.Answer).Close();
            page.Leaf("pre", prompt.Text, ("dir", "auto"));
            page.Open("details").Leaf("summary", $"{NumberText.Count(prompt.Tokens.Length)} tokens");
            WriteTokens(page, group.Group.Model, prompt.Tokens, int.MaxValue, pieceOf);
            page.Close();
        }
        page.Open("details").Leaf("summary", $"Tuning data: {NumberText.Count(sample.TuningRows.Count)} rows; the tokens that the loss is taken on are framed");
        foreach (var row in sample.TuningRows) WriteTokens(page, group.Group.Model, row.Tokens, row.LossFrom, pieceOf);
        page.Close().Close();
    }

    private static void WriteTokens(MarkupWriter page, string model, int[] tokens, int lossFrom, Func<string, int, string?>? pieceOf)
    {
        page.Open("ol", ("class", "tokens"));
        for (int i = 0; i < tokens.Length; i++)
        {
            page.Open("li", ("class", i >= lossFrom ? "target" : null));
            if (pieceOf?.Invoke(model, tokens[i]) is { } piece) page.Leaf("bdi", piece.Length == 0 ? "∅" : piece.Replace("\n", "⏎", StringComparison.Ordinal));
            page.Leaf("span", tokens[i].ToString(CultureInfo.InvariantCulture)).Close();
        }
        page.Close();
    }
}
