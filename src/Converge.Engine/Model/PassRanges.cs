namespace Converge.Engine.Model;

/// <summary>Cuts many prompts into passes.</summary>
internal static class PassRanges
{
    /// <summary>Neighbouring prompts whose tokens, counted without sharing, stay within <paramref name="tokens"/>; at least one prompt each.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="tokens">Tokens of one pass.</param>
    /// <param name="added">Tokens that are counted with every prompt beside its own.</param>
    public static IEnumerable<(int First, int Count)> Of(IReadOnlyList<Prompt> prompts, int tokens, int added = 0)
    {
        int first = 0;
        long total = 0;
        for (int i = 0; i < prompts.Count; i++)
        {
            if (i > first && total + prompts[i].Tokens.Length + added > tokens)
            {
                yield return (first, i - first);
                (first, total) = (i, 0);
            }
            total += prompts[i].Tokens.Length + added;
        }
        if (first < prompts.Count) yield return (first, prompts.Count - first);
    }
}
