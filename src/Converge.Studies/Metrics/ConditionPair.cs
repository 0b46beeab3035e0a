using Converge.Studies.Conditions;

namespace Converge.Studies.Metrics;

/// <summary>Two conditions whose states are compared for the same query.</summary>
/// <param name="First">The first condition.</param>
/// <param name="Second">The second condition.</param>
public readonly record struct ConditionPair(Condition First, Condition Second)
{
    /// <summary>In-context learning against instruction tuning: the pair that the study is about.</summary>
    public static ConditionPair IclIt { get; } = new(Condition.Icl, Condition.It);

    /// <summary>The anchor against in-context learning.</summary>
    public static ConditionPair AnchorIcl { get; } = new(Condition.Anchor, Condition.Icl);

    /// <summary>The anchor against instruction tuning.</summary>
    public static ConditionPair AnchorIt { get; } = new(Condition.Anchor, Condition.It);

    /// <summary>The three pairs: anchor-ICL, anchor-IT, ICL-IT.</summary>
    public static IReadOnlyList<ConditionPair> All { get; } = [AnchorIcl, AnchorIt, IclIt];

    /// <summary>ICL against ICL with other demonstrations: the reference for ICL-IT (C3).</summary>
    public static ConditionPair IclIclOther { get; } = new(Condition.Icl, Condition.IclOther);

    /// <summary>ICL against ICL with the same demonstrations in another order (C3).</summary>
    public static ConditionPair IclIclReordered { get; } = new(Condition.Icl, Condition.IclReordered);

    /// <summary>The three pairs, and of the references those whose conditions a unit has.</summary>
    public static IEnumerable<ConditionPair> Among(IEnumerable<Condition> conditions) =>
        [.. All, .. ((ConditionPair[])[IclIclOther, IclIclReordered]).Where(pair => conditions.Contains(pair.Second))];

    /// <summary>The name in tables: <c>anchor-icl</c>, <c>anchor-it</c>, <c>icl-it</c>, <c>icl-icl_other</c> or <c>icl-icl_reordered</c>.</summary>
    public string Name => $"{First.Name()}-{Second.Name()}";
}
