using Converge.Studies.Spec;

namespace Converge.Studies.Conditions;

/// <summary>The conditions that a query is run under: METHOD's three, and two references for how much ICL differs from ICL (C3).</summary>
public enum Condition
{
    /// <summary>Zero-shot: instruction and query, the model as it is.</summary>
    Anchor,

    /// <summary>In-context learning: demonstrations with answers as text, then the query; the model as it is.</summary>
    Icl,

    /// <summary>Instruction tuning: the anchor's prompt under an adapter tuned on the same demonstrations.</summary>
    It,

    /// <summary>In-context learning from other demonstrations, drawn in the same way and none of them the same.</summary>
    IclOther,

    /// <summary>In-context learning from the same demonstrations in another order.</summary>
    IclReordered,
}

/// <summary>Names of conditions as they appear in files.</summary>
public static class Conditions
{
    /// <summary>The three that every unit has: anchor, ICL and IT.</summary>
    public static IReadOnlyList<Condition> All { get; } = [Condition.Anchor, Condition.Icl, Condition.It];

    /// <summary><c>anchor</c>, <c>icl</c>, <c>it</c>, <c>icl_other</c> or <c>icl_reordered</c>.</summary>
    public static string Name(this Condition condition) => SpecWords.Word(condition);
}
