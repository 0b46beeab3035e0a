namespace Converge.Engine.Tokenizers;

/// <summary>Which two neighbouring symbols merge into which one, and how early: lower ranks merge first.</summary>
internal sealed class PairTable(int capacity)
{
    private readonly Dictionary<long, (int Rank, int Merged)> _pairs = new(capacity);

    /// <summary>Sets what a pair merges into; a later rule for the same pair replaces an earlier one.</summary>
    public void Set(int left, int right, int rank, int merged) => _pairs[Key(left, right)] = (rank, merged);

    /// <summary>What a pair merges into, if it does.</summary>
    public bool TryGet(int left, int right, out (int Rank, int Merged) rule) => _pairs.TryGetValue(Key(left, right), out rule);

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
