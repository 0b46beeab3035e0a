using System.Text;

namespace Converge.Pretraining.Corpus;

/// <summary>Which texts are kept out of training for measuring: an eighth of all, by a hash, so that everyone agrees without a list.</summary>
internal static class HeldOut
{
    /// <summary>True for an eighth of all texts (FNV-1a of the UTF-8, 32 bits; Fowler, Noll and Vo).</summary>
    public static bool Contains(string text)
    {
        uint hash = 2166136261;
        foreach (byte value in Encoding.UTF8.GetBytes(text)) hash = (hash ^ value) * 16777619;
        return (hash ^ (hash >> 15)) % 8 == 0;
    }
}
