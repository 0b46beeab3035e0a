using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary>The states of units under their conditions, as passes leave them.</summary>
internal sealed class UnitStates(CancellationToken cancellation)
{
    private readonly Dictionary<(string Unit, Condition), ConditionStates> _states = [];
    private readonly Dictionary<(string Unit, Condition), ConditionProbe> _probes = [];

    /// <summary>The states of a unit under one condition, once they are captured.</summary>
    public ConditionStates this[PlannedUnit unit, Condition condition] => _states[(IdOf(unit), condition)];

    /// <summary>What else a unit's passes under anchor, ICL and IT showed, of what it asks for.</summary>
    public IReadOnlyDictionary<Condition, ConditionProbe> ProbesOf(PlannedUnit unit) => Conditions.Conditions.All.ToDictionary(condition => condition, condition => _probes[(IdOf(unit), condition)]);

    /// <summary>Runs the prompts of some units under some conditions, in one capture.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parts">Units and conditions, and the index of the adapter that each runs under, or -1.</param>
    /// <param name="adapters">The adapters.</param>
    /// <param name="progress">Told the tokens done so far, if given.</param>
    public void Capture(LanguageModel model, IReadOnlyList<(PlannedUnit Unit, Condition Condition, int Adapter)> parts, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null)
    {
        var prompts = new List<Prompt>();
        var positions = new List<int[]>();
        var continuations = new List<Continuation>();
        // Where each state comes from: in most units from the prompt that answers are scored after.
        var sources = new List<int>();
        foreach (var (unit, condition, adapter) in parts)
        {
            for (int p = 0; p < unit.Content.Prompts.Count; p++)
            {
                var prompt = unit.Content.Prompts[p];
                if (prompt.Condition != condition) continue;
                int query = p % unit.Queries.Count, length = prompt.Tokens.Length;
                continuations.AddRange(unit.Content.AnswersAfter(p).Select(answer => new Continuation(prompts.Count, answer)));
                int own = unit.Position == StatePosition.QueryMean ? Math.Min(length, unit.Content.QueryTokens[query]) : 1;
                Add(prompt.Tokens, [.. Enumerable.Range(length - own, own)]);
                if (unit.Position == StatePosition.Label)
                {
                    int[] answer = unit.Content.Answers.RightAnswer(query);
                    Add([.. prompt.Tokens, .. answer], [length + answer.Length - 1]);
                }
                sources.Add(prompts.Count - 1);

                void Add(int[] tokens, int[] at)
                {
                    prompts.Add(new Prompt($"{IdOf(unit)}/{condition.Name()}/{prompts.Count}", tokens, adapter));
                    positions.Add(at);
                }
            }
        }
        var captured = model.Capture(prompts, new CaptureRequest { Taps = TapsOf(parts.SelectMany(part => part.Unit.Metrics)), Continuations = continuations, PositionLists = positions }, adapters, progress, cancellation);
        var (at, scored) = (0, 0);
        foreach (var (unit, condition, _) in parts)
        {
            int queries = unit.Queries.Count, scores = queries * unit.Content.Answers.PerPrompt;
            var places = sources.GetRange(at, queries);
            var states = places.Select(place => (States: captured.Prompts[place], Positions: positions[place].Length)).ToList();
            int width = model.Config.HiddenSize;
            _states.Add((IdOf(unit), condition), new ConditionStates(
                Join([.. states.Select(prompt => Mean(prompt.States.ResidPost, prompt.Positions, width))]), Join([.. states.Select(prompt => Mean(prompt.States.FinalNorm, prompt.Positions, width))]),
                [.. captured.LogProbabilities.Skip(scored).Take(scores)]));
            if (unit.Metrics.Count > 0) _probes.Add((IdOf(unit), condition), Probe([.. places.Select(place => prompts[place].Tokens)], [.. states.Select(prompt => prompt.States)]));
            (at, scored) = (at + queries, scored + scores);
        }
    }

    private static CaptureTaps TapsOf(IEnumerable<ExtraMetrics> metrics) => metrics.Distinct().Aggregate(CaptureTaps.ResidPost, (taps, metric) => taps | metric switch
    {
        ExtraMetrics.Attention => CaptureTaps.AttnOut | CaptureTaps.AttnScores,
        ExtraMetrics.TrainingAttention => CaptureTaps.AttnScores,
        ExtraMetrics.Vocabulary => CaptureTaps.Logits,
        _ => CaptureTaps.None,
    });

    private static ConditionProbe Probe(IReadOnlyList<int[]> tokens, IReadOnlyList<PromptStates> states) =>
        new(tokens, [.. states.Select(prompt => prompt.AttnOut)], [.. states.Select(prompt => prompt.AttnScores)], [.. states.Select(prompt => prompt.Logits)]);

    /// <summary>The mean over positions, in double precision: [layers, positions, width] becomes [layers, width].</summary>
    internal static float[] Mean(float[] states, int positions, int width)
    {
        if (positions == 1) return states;
        var means = new float[states.Length / positions];
        for (int i = 0; i < means.Length; i++)
        {
            int first = i / width * positions * width + i % width;
            double sum = 0;
            for (int position = 0; position < positions; position++) sum += states[first + position * width];
            means[i] = (float)(sum / positions);
        }
        return means;
    }

    private static float[] Join(IReadOnlyList<float[]> parts)
    {
        var joined = new float[parts.Sum(part => part.Length)];
        int at = 0;
        foreach (var part in parts)
        {
            part.CopyTo(joined, at);
            at += part.Length;
        }
        return joined;
    }

    private static string IdOf(PlannedUnit unit) => $"{unit.Key.Task}/{unit.Key.Factor}/{unit.Key.Level}/{unit.Key.Run}";
}
