namespace Converge.Numerics;

/// <summary>How linear layers multiply.</summary>
public enum Products
{
    /// <summary>In the type of the activations: the reference.</summary>
    Exact,

    /// <summary>
    /// Activations, and weights of other types, rounded once to bfloat16; products of two and two of them added to sums in float32, the second of each pair first.
    /// Through instructions of the processor where it has them.
    /// </summary>
    BFloat16,
}
