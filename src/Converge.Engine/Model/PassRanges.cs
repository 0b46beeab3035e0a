namespace Converge.Engine.Model;

/// <summary>Cuts many prompts into passes.</summary>
internal static class PassRanges
{
    /// <summary>Neighbouring prompts whose tokens, counted without sharing, stay within <paramref name="tokens"/>; at least one prompt each.</summary>
    public static IEnumerable<(int First, int Count)> Of(IReadOnlyList<Prompt> prompts, int tokens)
    {
        int first = 0;
        long total = 0;
        for (int i = 0; i < prompts.Count; i++)
        {
            if (i > first && total + prompts[i].Tokens.Length > tokens)
            {
                yield return (first, i - first);
                (first, total) = (i, 0);
            }
            total += prompts[i].Tokens.Length;
        }
        if (first < prompts.Count) yield return (first, prompts.Count - first);
    }
}
