namespace Converge.Numerics;

/// <summary>
/// How linear layers sum, on every path: terms in ascending order in blocks, a chain of fused multiply-adds each, and the blocks' sums in order. Where a sum is
/// cut depends on its length alone, so an element has the same bits whatever is computed beside it and however wide the vectors are.
/// </summary>
internal static class SumBlocks
{
    /// <summary>A multiple of a cache line; a panel of that many steps, two vectors wide, stays in the first-level cache (24 KiB with AVX-512).</summary>
    private const int Most = 192;

    private const int Line = 16;

    /// <summary>The length of the blocks that <paramref name="terms"/> terms are cut into; the last may be shorter.</summary>
    public static int Length(int terms)
    {
        int blocks = Math.Max(1, (terms + Most - 1) / Most);
        return Math.Max(1, ((terms + blocks - 1) / blocks + Line - 1) / Line) * Line;
    }
}
