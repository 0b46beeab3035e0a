using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary>What a unit asks to be measured on captures that are not stored.</summary>
internal static class UnitMeasures
{
    /// <summary>The measures of a unit whose passes are done, in a fixed order.</summary>
    /// <param name="model">The model without adapters.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="states">Its states and probes.</param>
    /// <param name="tuned">What its tuned model told.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public static IReadOnlyList<MetricSeries> Of(LanguageModel model, PlannedUnit unit, UnitStates states, TunedReading tuned, CancellationToken cancellation)
    {
        var measures = new List<MetricSeries>();
        if (unit.Metrics.Contains(ExtraMetrics.Attention)) measures.AddRange(AttentionMeasures.Of(states.ProbesOf(unit), model.Config.Layers, model.Config.Heads));
        if (tuned.TrainingWeights is { } weights) measures.AddRange(TrainingAttentionMeasures.Of(states.ProbesOf(unit)[Condition.Icl].AttentionScores, weights, unit.TrainingTokens, model.Config.Layers, model.Config.Heads));
        if (unit.Metrics.Contains(ExtraMetrics.Vocabulary)) measures.AddRange(VocabularyMeasures.Of(states.ProbesOf(unit), FirstTokens(unit.Content.Answers, unit.Queries.Count)));
        if (unit.Metrics.Contains(ExtraMetrics.TaskVector))
            measures.AddRange(PatchedAnswers.Of(model, unit, Conditions.Conditions.All.ToDictionary(condition => condition, condition => states[unit, condition]), cancellation));
        if (unit.Metrics.Contains(ExtraMetrics.Order)) measures.Add(OrderedContexts.Of(model, unit, cancellation));
        return measures;
    }

    private static int[] FirstTokens(ScoredAnswers answers, int queries) => answers is LabelAnswers labels
        ? [.. labels.Gold.Select(gold => labels.Tokens[gold][0])]
        : [.. Enumerable.Range(0, queries).Select(query => answers.After(query)[0][0])];
}
