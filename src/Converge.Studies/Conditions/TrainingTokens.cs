using Converge.Engine.Tokenizers;
using Converge.Studies.Demonstrations;
using Converge.Studies.Tasks;

namespace Converge.Studies.Conditions;

/// <summary>Finds the tokens of the demonstrations in the ICL prompts and in the tuning rows.</summary>
internal static class TrainingTokens
{
    /// <summary>
    /// The tokens of each demonstration's query and answer that stand in both, in their order: a longest common subsequence of its part of the prompt and of its row
    /// without the instruction. What the tokenizer splits otherwise at an edge, and what tuning shows otherwise (shuffled answers), is left out.
    /// </summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The template of the queries' task.</param>
    /// <param name="draw">The unit's draw; row i is tuned on demonstration i.</param>
    /// <param name="content">The unit's prompts and rows.</param>
    public static IReadOnlyList<TrainingToken> Of(Tokenizer tokenizer, PromptTemplate template, UnitDraw draw, UnitPrompts content)
    {
        int[][] prompts = [.. content.Prompts.Where(prompt => prompt.Condition == Condition.Icl).Select(prompt => prompt.Tokens)];
        int shared = prompts.Min(prompt => prompts[0].AsSpan().CommonPrefixLength(prompt));
        var found = new List<TrainingToken>();
        var before = template.InstructionInIcl ? template.InstructionOf(draw.Instruction) : "";
        int from = EndOf(before);
        for (int i = 0; i < draw.Demonstrations.Count; i++)
        {
            var demonstration = draw.Demonstrations[i];
            before += demonstration.Block;
            int to = EndOf(before);
            int[] row = content.TuningRows[i].Tokens;
            int own = demonstration.Template.InstructionInIt ? row.AsSpan().CommonPrefixLength(tokenizer.Encode(demonstration.Template.InstructionOf(demonstration.Instruction))) : 0;
            foreach (var (inContext, inRow) in Common(prompts[0].AsSpan(from..to), row.AsSpan(own))) found.Add(new TrainingToken(from + inContext, i, own + inRow));
            before += template.Separator;
            from = EndOf(before);
        }
        return found;

        // Where the tokens of a beginning of the prompt end in it.
        int EndOf(string beginning) => Math.Min(shared, beginning.Length == 0 ? 0 : prompts[0].AsSpan().CommonPrefixLength(tokenizer.Encode(beginning)));
    }

    /// <summary>The places of a longest common subsequence, ascending.</summary>
    internal static IEnumerable<(int First, int Second)> Common(ReadOnlySpan<int> first, ReadOnlySpan<int> second)
    {
        // lengths[i, j]: of the first i and j elements.
        var lengths = new int[first.Length + 1, second.Length + 1];
        for (int i = 1; i <= first.Length; i++)
            for (int j = 1; j <= second.Length; j++)
                lengths[i, j] = first[i - 1] == second[j - 1] ? lengths[i - 1, j - 1] + 1 : Math.Max(lengths[i - 1, j], lengths[i, j - 1]);
        var places = new Stack<(int, int)>();
        for (int i = first.Length, j = second.Length; i > 0 && j > 0;)
        {
            if (first[i - 1] == second[j - 1]) places.Push((--i, --j));
            else if (lengths[i - 1, j] >= lengths[i, j - 1]) i--;
            else j--;
        }
        return places;
    }
}
