namespace Converge.Pretraining.Corpus;

/// <summary>One way to write out a rule: literal pieces and names of rules in turn.</summary>
/// <param name="Pieces">Literals at even places, rule names at odd ones; a literal may be empty.</param>
/// <param name="Weight">How often it is chosen, beside its neighbours.</param>
/// <param name="HeldOut">Never used in training text.</param>
internal sealed record Alternative(IReadOnlyList<string> Pieces, int Weight, bool HeldOut)
{
    /// <summary>True for plain text without any rule.</summary>
    public bool IsLiteral => Pieces.Count == 1;
}
