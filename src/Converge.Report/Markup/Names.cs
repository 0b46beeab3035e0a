using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;
using Converge.Studies.Spec;
using Converge.Studies.Tables;

namespace Converge.Report.Markup;

/// <summary>Names as readers see them.</summary>
internal static class Names
{
    public static string Of(Condition condition) => condition switch
    {
        Condition.Anchor => "anchor",
        Condition.Icl => "ICL",
        _ => "IT",
    };

    /// <summary>The pairs in the order in which readers meet them: the one in question first.</summary>
    public static IReadOnlyList<ConditionPair> Pairs { get; } = [ConditionPair.IclIt, ConditionPair.AnchorIcl, ConditionPair.AnchorIt];

    public static string Of(ConditionPair pair) => $"{Of(pair.First)}–{Of(pair.Second)}";

    /// <summary><c>known</c>, <c>assumed</c> or <c>ours</c>.</summary>
    public static string Of(Standing standing) => SpecWords.Word(standing);

    /// <summary>The same in brackets, as readers see it.</summary>
    public static string Tag(Standing? standing) => standing is { } tag ? $"[{Of(tag)}]" : "";

    /// <summary>What tells a group from the others: <c>k = 4</c> beside model and task.</summary>
    public static string Of(StudyGroup group) =>
        group.Factor == PlannedLevel.Base ? $"{group.Model}, {group.Task}" : $"{group.Model}, {group.Task}, {group.Factor} = {group.Level}";

    /// <summary><c>a</c>, <c>a and b</c>, <c>a, b and c</c>.</summary>
    public static string List(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "",
        1 => names[0],
        _ => $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}",
    };
}
