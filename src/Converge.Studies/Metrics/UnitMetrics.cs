using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Run;

namespace Converge.Studies.Metrics;

/// <summary>All metrics of a unit, at every tap.</summary>
public static class UnitMetrics
{
    /// <summary>
    /// Similarities of the three pairs and the anisotropy of the three conditions at <c>resid_post</c> 0..L and <c>final_norm</c> (numbered L).
    /// </summary>
    /// <exception cref="BadInputException">The unit's arrays do not fit together.</exception>
    public static IEnumerable<MetricSeries> Similarities(UnitRecord unit)
    {
        UnitShape.Check(unit);
        return SimilaritiesOfChecked(unit);
    }

    /// <summary>
    /// What the conditions make of the answers. In a task with labels, the accuracy of each condition and the agreement of each pair, over the
    /// label set; in one without, the likelihood of the references under each condition.
    /// </summary>
    /// <exception cref="BadInputException">The unit's arrays do not fit together.</exception>
    public static IEnumerable<MetricSeries> Answers(UnitRecord unit)
    {
        UnitShape.Check(unit);
        return unit.Answers is LabelAnswers labels ? Predictions(unit, labels) : Likelihoods(unit, (ReferenceAnswers)unit.Answers);
    }

    private static IEnumerable<MetricSeries> Predictions(UnitRecord unit, LabelAnswers labels)
    {
        var predictions = Conditions.Conditions.All.ToDictionary(
            condition => condition,
            condition => LabelPrediction.PerQuery(unit.States[condition].AnswerLogProbabilities, unit.Queries.Count, labels.Words.Count));
        foreach (var condition in Conditions.Conditions.All)
            yield return new(null, Taps.Logits, condition.Name(), MetricNames.Accuracy, true, Accuracy.PerQuery(predictions[condition], labels.Gold));
        foreach (var pair in ConditionPair.All)
            yield return new(null, Taps.Logits, pair.Name, MetricNames.Agreement, true, Agreement.PerQuery(predictions[pair.First], predictions[pair.Second]));
    }

    private static IEnumerable<MetricSeries> Likelihoods(UnitRecord unit, ReferenceAnswers references)
    {
        foreach (var condition in Conditions.Conditions.All)
        {
            var scores = unit.States[condition].AnswerLogProbabilities;
            yield return new(null, Taps.Logits, condition.Name(), MetricNames.LogLikelihood, true, Likelihood.PerQuery(scores, references.Tokens));
            yield return new(null, Taps.Logits, condition.Name(), MetricNames.Perplexity, false, [Likelihood.Perplexity(scores, references.Tokens)]);
            yield return new(null, Taps.Logits, condition.Name(), MetricNames.BitsPerByte, false, [Likelihood.BitsPerByte(scores, references.Texts)]);
        }
    }

    private static IEnumerable<MetricSeries> SimilaritiesOfChecked(UnitRecord unit)
    {
        int queries = unit.Queries.Count, layers = unit.Layers + 1, width = unit.HiddenSize;
        for (int layer = 0; layer < layers; layer++)
            foreach (var series in AtTap(Taps.ResidPost, layer, condition => StateMatrix.OfLayer(unit.States[condition].ResidPost, queries, layers, layer, width)))
                yield return series;
        foreach (var series in AtTap(Taps.FinalNorm, unit.Layers, condition => StateMatrix.OfLayer(unit.States[condition].FinalNorm, queries, 1, 0, width)))
            yield return series;
    }

    private static IEnumerable<MetricSeries> AtTap(string tap, int layer, Func<Condition, StateMatrix> statesOf)
    {
        var states = Conditions.Conditions.All.ToDictionary(condition => condition, statesOf);
        foreach (var pair in ConditionPair.All)
        {
            yield return new(layer, tap, pair.Name, MetricNames.Cosine, true, Cosine.PerQuery(states[pair.First], states[pair.Second]));
            yield return new(layer, tap, pair.Name, MetricNames.CentredCosine, true, CentredCosine.PerQuery(states[pair.First], states[pair.Second]));
        }
        var (anchor, icl, it) = (states[Condition.Anchor], states[Condition.Icl], states[Condition.It]);
        yield return new(layer, tap, ConditionPair.IclIt.Name, MetricNames.ShiftCosine, true, Shift.CosinePerQuery(anchor, icl, it));
        yield return new(layer, tap, ConditionPair.IclIt.Name, MetricNames.ShiftNormRatio, true, Shift.NormRatioPerQuery(anchor, icl, it));
        foreach (var condition in Conditions.Conditions.All)
            yield return new(layer, tap, condition.Name(), MetricNames.Anisotropy, false, [Anisotropy.Of(states[condition])]);
    }
}
