using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Run;

namespace Converge.Studies.Metrics;

/// <summary>Checks that the arrays of a unit have the sizes that it states, so that metrics may index them freely.</summary>
internal static class UnitShape
{
    /// <exception cref="BadInputException">An array is missing or has another size, or a gold label is out of range.</exception>
    public static void Check(UnitRecord unit)
    {
        int queries = unit.Queries.Count, labels = unit.Labels.Count;
        Expect(unit, "queries", queries >= 1, "there is none");
        Expect(unit, "gold labels", unit.GoldLabels.Count == queries, $"{unit.GoldLabels.Count} for {queries} queries");
        Expect(unit, "gold labels", unit.GoldLabels.All(gold => gold >= 0 && gold < labels), $"one is not below {labels}");
        foreach (var condition in Conditions.Conditions.All)
        {
            var name = condition.Name();
            if (!unit.States.TryGetValue(condition, out var states)) throw Bad(unit, name, "the states are missing");
            Size(unit, $"{name} resid_post", states.ResidPost.Length, (long)queries * (unit.Layers + 1) * unit.HiddenSize);
            Size(unit, $"{name} final_norm", states.FinalNorm.Length, (long)queries * unit.HiddenSize);
            Size(unit, $"{name} label log-probabilities", states.LabelLogProbabilities.Length, (long)queries * labels);
        }
    }

    private static void Size(UnitRecord unit, string what, long seen, long expected) =>
        Expect(unit, what, seen == expected, $"{seen} values where {expected} are expected");

    private static void Expect(UnitRecord unit, string what, bool holds, string otherwise)
    {
        if (!holds) throw Bad(unit, what, otherwise);
    }

    private static BadInputException Bad(UnitRecord unit, string what, string why) =>
        new($"unit {unit.Key.Model}/{unit.Key.Task}/{unit.Key.Factor}/{unit.Key.Level}/{unit.Key.Run}", $"{what}: {why}", "Remove the stored unit and run the study again");
}
