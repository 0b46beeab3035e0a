using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;

namespace Converge.Studies.Run;

/// <summary>M16: what the anchor would answer with the last token's state of a layer taken from ICL or from IT (Hendel et al. 2023).</summary>
internal static class PatchedAnswers
{
    /// <summary>
    /// For each layer and source the accuracy of every query, or the log-likelihood of its reference: <c>patched_accuracy</c> and
    /// <c>patched_log_likelihood</c>. All copies of an anchor's prompt share all of it but its last token.
    /// </summary>
    /// <param name="model">The model without adapters.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="states">Its states under every condition.</param>
    /// <param name="cancellation">Stops between layers.</param>
    public static IReadOnlyList<MetricSeries> Of(LanguageModel model, PlannedUnit unit, IReadOnlyDictionary<Condition, ConditionStates> states, CancellationToken cancellation)
    {
        Condition[] sources = [Condition.Icl, Condition.It];
        int layers = model.Config.Layers + 1, hidden = model.Config.HiddenSize, queries = unit.Queries.Count;
        var anchors = unit.Content.Prompts.Index().Where(prompt => prompt.Item.Condition == Condition.Anchor).ToList();
        var prompts = new List<Prompt>();
        var patches = new List<Patch>();
        var continuations = new List<Continuation>();
        foreach (var source in sources)
        {
            for (int layer = 0; layer < layers; layer++)
            {
                for (int query = 0; query < queries; query++)
                {
                    var (index, anchor) = anchors[query];
                    var state = states[source].ResidPost.AsSpan((query * layers + layer) * hidden, hidden).ToArray();
                    patches.Add(new Patch(prompts.Count, layer, anchor.Tokens.Length - 1, state));
                    continuations.AddRange(unit.Content.AnswersAfter(index).Select(answer => new Continuation(prompts.Count, answer)));
                    prompts.Add(new Prompt($"{source.Name()}/{layer}/{query}", anchor.Tokens, -1));
                }
            }
        }
        var captured = model.Capture(prompts, new CaptureRequest { Taps = CaptureTaps.None, Continuations = continuations, Patches = patches }, [], cancellation: cancellation);
        int answers = unit.Content.Answers.PerPrompt;
        var measured = new List<MetricSeries>();
        for (int s = 0; s < sources.Length; s++)
            for (int layer = 0; layer < layers; layer++)
                measured.Add(Measure(unit.Content.Answers, [.. captured.LogProbabilities.Skip((s * layers + layer) * queries * answers).Take(queries * answers)], queries, layer, sources[s].Name()));
        return measured;
    }

    private static MetricSeries Measure(ScoredAnswers answers, double[] logProbabilities, int queries, int layer, string source) => answers is LabelAnswers labels
        ? new(layer, Taps.ResidPost, source, MetricNames.PatchedAccuracy, true, Accuracy.PerQuery(LabelPrediction.PerQuery(logProbabilities, queries, labels.Words.Count), labels.Gold))
        : new(layer, Taps.ResidPost, source, MetricNames.PatchedLogLikelihood, true, Likelihood.PerQuery(logProbabilities, ((ReferenceAnswers)answers).Tokens));
}
