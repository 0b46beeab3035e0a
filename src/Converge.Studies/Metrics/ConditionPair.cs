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

    /// <summary>The name in tables: <c>anchor-icl</c>, <c>anchor-it</c> or <c>icl-it</c>.</summary>
    public string Name => $"{First.Name()}-{Second.Name()}";
}
