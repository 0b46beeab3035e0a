namespace Converge.Engine.Model;

/// <summary>From where on a sequence shares its rows only with sequences of the same key, although others may have equal tokens.</summary>
/// <param name="From">The first position that is not shared with all.</param>
/// <param name="Key">The key, above 0.</param>
public readonly record struct Apartness(int From, int Key)
{
    /// <summary>Everything is shared with every sequence.</summary>
    public static Apartness None { get; } = new(int.MaxValue, 0);

    /// <summary>What must be equal, beside the tokens, for a position to be shared.</summary>
    public int KeyAt(int position) => position >= From ? Key : 0;
}
