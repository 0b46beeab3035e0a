using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Run;

namespace Converge.Studies.Metrics;

/// <summary>Checks that the arrays of a unit have the sizes that it states, so that metrics may index them freely.</summary>
internal static class UnitShape
{
    /// <exception cref="BadInputException">An array is missing or has another size, a gold label is out of range, or a reference has no token.</exception>
    public static void Check(UnitRecord unit)
    {
        int queries = unit.Queries.Count;
        Expect(unit, "queries", queries >= 1, "there is none");
        if (unit.Answers is LabelAnswers labels)
        {
            Expect(unit, "gold labels", labels.Gold.Count == queries, $"{labels.Gold.Count} for {queries} queries");
            Expect(unit, "gold labels", labels.Gold.All(gold => gold >= 0 && gold < labels.Words.Count), $"one is not below {labels.Words.Count}");
        }
        else if (unit.Answers is ReferenceAnswers references)
        {
            Expect(unit, "references", references.Texts.Count == queries && references.Tokens.Count == queries, $"{references.Texts.Count} texts and {references.Tokens.Count} sequences of tokens for {queries} queries");
            Expect(unit, "references", references.Texts.All(text => text.Length > 0) && references.Tokens.All(tokens => tokens.Length > 0), "one is empty");
        }
        Expect(unit, "measures", unit.Measures.All(one => one.Values.Count == queries), $"one has not {queries} values");
        Expect(unit, "decoded answers", unit.Decoded.All(one => one.Texts.Count == queries), $"a condition has not {queries}");
        foreach (var condition in Conditions.Conditions.All.Union(unit.States.Keys))
        {
            var name = condition.Name();
            if (!unit.States.TryGetValue(condition, out var states)) throw Bad(unit, name, "the states are missing");
            Size(unit, $"{name} resid_post", states.ResidPost.Length, (long)queries * (unit.Layers + 1) * unit.HiddenSize);
            Size(unit, $"{name} final_norm", states.FinalNorm.Length, (long)queries * unit.HiddenSize);
            Size(unit, $"{name} answers' log-probabilities", states.AnswerLogProbabilities.Length, (long)queries * unit.Answers.PerPrompt);
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
