namespace Converge.Cli.States;

/// <summary>
/// Cuts prompts into batches of bounded memory. Prompts that begin alike come into one batch, where their common tokens are computed
/// once. What a prompt's states are does not depend on its batch.
/// </summary>
internal static class PromptBatches
{
    private const long MostStates = 256L << 20;

    /// <summary>Indices of prompts, batch by batch: at most <paramref name="mostTokens"/> tokens and 256 MiB of states each, but at least one prompt.</summary>
    public static IEnumerable<int[]> Of(StatesShape shape, int mostTokens)
    {
        var order = Enumerable.Range(0, shape.Prompts.Count).ToArray();
        Array.Sort(order, (a, b) => Compare(shape.Prompts[a].Tokens, shape.Prompts[b].Tokens, a, b));
        var batch = new List<int>();
        long tokens = 0, bytes = 0;
        foreach (int index in order)
        {
            var prompt = shape.Prompts[index];
            if (batch.Count > 0 && (tokens + prompt.Tokens.Length > mostTokens || bytes + shape.BytesOf(prompt) > MostStates))
            {
                yield return [.. batch];
                batch.Clear();
                (tokens, bytes) = (0, 0);
            }
            batch.Add(index);
            tokens += prompt.Tokens.Length;
            bytes += shape.BytesOf(prompt);
        }
        if (batch.Count > 0) yield return [.. batch];
    }

    private static int Compare(ReadOnlySpan<int> a, ReadOnlySpan<int> b, int first, int second)
    {
        int order = a.SequenceCompareTo(b);
        return order != 0 ? order : first.CompareTo(second);
    }
}
