using Converge.Engine;
using Converge.Studies.Conditions;
using Converge.Studies.Run;

namespace Converge.Studies.Metrics;

/// <summary>All metrics of a unit, at every tap.</summary>
public static class UnitMetrics
{
    /// <summary>
    /// Similarities of the three pairs and of ICL with the references that the unit has, and anisotropy and dimension of the three conditions, at <c>resid_post</c> 0..L and <c>final_norm</c> (numbered L).
    /// </summary>
    /// <exception cref="BadInputException">The unit's arrays do not fit together.</exception>
    public static IEnumerable<MetricSeries> Similarities(UnitRecord unit)
    {
        UnitShape.Check(unit);
        return SimilaritiesOfChecked(unit);
    }

    /// <summary>
    /// What the conditions make of the answers. In a task with labels, the accuracy of each condition, agreement and divergence of each pair, and what ICL
    /// recovers of IT, over the label set; in one without, the likelihood of the references under each condition.
    /// </summary>
    /// <exception cref="BadInputException">The unit's arrays do not fit together.</exception>
    public static IEnumerable<MetricSeries> Answers(UnitRecord unit)
    {
        UnitShape.Check(unit);
        return unit.Answers is LabelAnswers labels ? Predictions(unit, labels) : Likelihoods(unit, (ReferenceAnswers)unit.Answers);
    }

    /// <summary>
    /// C6, in a task with labels: the cosines at <c>final_norm</c> among <paramref name="similarities"/>, of the queries for which all three conditions
    /// predict the same label, and of those for which the pair's two predict different ones. Their values are in the tidy table already.
    /// </summary>
    /// <param name="unit">The unit.</param>
    /// <param name="similarities">What <see cref="Similarities"/> gave for it.</param>
    public static IEnumerable<MetricSeries> SplitByPrediction(UnitRecord unit, IEnumerable<MetricSeries> similarities)
    {
        if (unit.Answers is not LabelAnswers labels) yield break;
        var predictions = PredictionsOf(unit, labels);
        var all = SamePrediction.PerQuery([.. Conditions.Conditions.All.Select(condition => predictions[condition])]);
        var cosines = similarities.Where(series => series is { Tap: Taps.FinalNorm, Metric: MetricNames.Cosine }).ToDictionary(series => series.Pair);
        foreach (var pair in ConditionPair.All)
        {
            var cosine = cosines[pair.Name];
            var same = SamePrediction.PerQuery(predictions[pair.First], predictions[pair.Second]);
            yield return cosine with { Metric = MetricNames.CosineSamePrediction, Values = SamePrediction.Only(cosine.Values, all, true) };
            yield return cosine with { Metric = MetricNames.CosineOtherPrediction, Values = SamePrediction.Only(cosine.Values, same, false) };
        }
    }

    /// <summary>
    /// What was measured while the unit ran, and of patched accuracies the share of the source's gain that they recover (M16).
    /// </summary>
    /// <exception cref="BadInputException">The unit's arrays do not fit together.</exception>
    public static IEnumerable<MetricSeries> Measures(UnitRecord unit)
    {
        UnitShape.Check(unit);
        return [.. unit.Measures, .. Recoveries(unit)];
    }

    private static IEnumerable<MetricSeries> Recoveries(UnitRecord unit)
    {
        if (unit.Answers is not LabelAnswers labels || unit.Measures.All(one => one.Metric != MetricNames.PatchedAccuracy)) yield break;
        var accuracies = PredictionsOf(unit, labels).ToDictionary(entry => entry.Key.Name(), entry => new MetricSeries(null, Taps.Logits, entry.Key.Name(), MetricNames.Accuracy, true, Accuracy.PerQuery(entry.Value, labels.Gold)).Mean());
        foreach (var patched in unit.Measures.Where(one => one.Metric == MetricNames.PatchedAccuracy))
            yield return patched with { Metric = MetricNames.TaskVectorRecovery, PerQuery = false, Values = [TaskVector.Recovered(accuracies[Condition.Anchor.Name()], accuracies[patched.Pair], patched.Mean())] };
    }

    private static Dictionary<Condition, IReadOnlyList<int>?[]> PredictionsOf(UnitRecord unit, LabelAnswers labels) => Conditions.Conditions.All.ToDictionary(
        condition => condition,
        condition => LabelPrediction.PerQuery(unit.States[condition].AnswerLogProbabilities, unit.Queries.Count, labels.Words.Count));

    private static IEnumerable<MetricSeries> Predictions(UnitRecord unit, LabelAnswers labels)
    {
        var predictions = PredictionsOf(unit, labels);
        var right = predictions.ToDictionary(entry => entry.Key, entry => Accuracy.PerQuery(entry.Value, labels.Gold));
        foreach (var condition in Conditions.Conditions.All)
            yield return new(null, Taps.Logits, condition.Name(), MetricNames.Accuracy, true, right[condition]);
        foreach (var pair in ConditionPair.All)
        {
            yield return new(null, Taps.Logits, pair.Name, MetricNames.Agreement, true, Agreement.PerQuery(predictions[pair.First], predictions[pair.Second]));
            yield return new(null, Taps.Logits, pair.Name, MetricNames.LabelDivergence, true,
                Divergence.OfLabels(unit.States[pair.First].AnswerLogProbabilities, unit.States[pair.Second].AnswerLogProbabilities, unit.Queries.Count, labels.Words.Count));
        }
        yield return new(null, Taps.Logits, ConditionPair.IclIt.Name, MetricNames.Recovery, false, [Recovery.Of(right[Condition.Anchor], right[Condition.Icl], right[Condition.It])]);
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
        foreach (var (condition, texts) in unit.Decoded)
        {
            List<(string Answer, string Reference)> pairs = [.. texts.Zip(references.Texts, (answer, reference) => (answer, reference.Trim()))];
            yield return new(null, Taps.Logits, condition.Name(), MetricNames.Chrf, true, [.. pairs.Select(pair => (double?)CharacterFScore.Of(pair.Answer, pair.Reference))]);
            yield return new(null, Taps.Logits, condition.Name(), MetricNames.SentenceBleu, true, [.. pairs.Select(pair => (double?)Bleu.OfSentence(pair.Answer, pair.Reference))]);
            yield return new(null, Taps.Logits, condition.Name(), MetricNames.CorpusBleu, false, [Bleu.OfCorpus(pairs)]);
        }
    }

    private static IEnumerable<MetricSeries> SimilaritiesOfChecked(UnitRecord unit)
    {
        int queries = unit.Queries.Count, layers = unit.Layers + 1, width = unit.HiddenSize;
        for (int layer = 0; layer < layers; layer++)
            foreach (var series in SimilarityMetrics.At(Taps.ResidPost, layer, unit.Key.Run, Of(states => StateMatrix.OfLayer(states.ResidPost, queries, layers, layer, width))))
                yield return series;
        foreach (var series in SimilarityMetrics.At(Taps.FinalNorm, unit.Layers, unit.Key.Run, Of(states => StateMatrix.OfLayer(states.FinalNorm, queries, 1, 0, width))))
            yield return series;

        Dictionary<Condition, StateMatrix> Of(Func<ConditionStates, StateMatrix> matrixOf) => unit.States.ToDictionary(entry => entry.Key, entry => matrixOf(entry.Value));
    }
}
