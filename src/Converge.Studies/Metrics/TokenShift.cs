namespace Converge.Studies.Metrics;

/// <summary>How far an answer's token is from what the anchor would have said.</summary>
public enum ShiftKind
{
    /// <summary>The anchor's first choice.</summary>
    Unshifted,

    /// <summary>Its second or third.</summary>
    Marginal,

    /// <summary>None of the first three.</summary>
    Shifted,
}

/// <summary>M14: the kinds of a token's rank, from 1, under the anchor (Lin et al. 2024, "The Unlocking Spell on Base LLMs").</summary>
public static class TokenShift
{
    /// <summary>Unshifted at rank 1, marginal at 2 and 3, shifted above.</summary>
    public static ShiftKind KindOf(int rank) => rank <= 1 ? ShiftKind.Unshifted : rank <= 3 ? ShiftKind.Marginal : ShiftKind.Shifted;
}
