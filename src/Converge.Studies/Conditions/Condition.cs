namespace Converge.Studies.Conditions;

/// <summary>The three conditions that a query is run under (METHOD: anchor, ICL, IT).</summary>
public enum Condition
{
    /// <summary>Zero-shot: instruction and query, the model as it is.</summary>
    Anchor,

    /// <summary>In-context learning: demonstrations with answers as text, then the query; the model as it is.</summary>
    Icl,

    /// <summary>Instruction tuning: the anchor's prompt under an adapter tuned on the same demonstrations.</summary>
    It,
}

/// <summary>Names of conditions as they appear in files.</summary>
public static class Conditions
{
    /// <summary>All three, in the order of the enumeration.</summary>
    public static IReadOnlyList<Condition> All { get; } = Enum.GetValues<Condition>();

    /// <summary><c>anchor</c>, <c>icl</c> or <c>it</c>.</summary>
    public static string Name(this Condition condition) => condition.ToString().ToLowerInvariant();
}
