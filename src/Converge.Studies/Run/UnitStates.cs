using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Plan;

namespace Converge.Studies.Run;

/// <summary>The states of units under their conditions, as passes leave them.</summary>
internal sealed class UnitStates(CancellationToken cancellation)
{
    private readonly Dictionary<(string Unit, Condition), ConditionStates> _states = [];

    /// <summary>The states of a unit under one condition, once they are captured.</summary>
    public ConditionStates this[PlannedUnit unit, Condition condition] => _states[(IdOf(unit), condition)];

    /// <summary>Runs the prompts of some units under some conditions, in one capture.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parts">Units and conditions, and the index of the adapter that each runs under, or -1.</param>
    /// <param name="adapters">The adapters.</param>
    /// <param name="progress">Told the tokens done so far, if given.</param>
    public void Capture(LanguageModel model, IReadOnlyList<(PlannedUnit Unit, Condition Condition, int Adapter)> parts, IReadOnlyList<LoraAdapter> adapters, IProgress<long>? progress = null)
    {
        var prompts = new List<Prompt>();
        var continuations = new List<Continuation>();
        foreach (var (unit, condition, adapter) in parts)
        {
            for (int p = 0; p < unit.Content.Prompts.Count; p++)
            {
                var prompt = unit.Content.Prompts[p];
                if (prompt.Condition != condition) continue;
                continuations.AddRange(unit.Content.AnswersAfter(p).Select(answer => new Continuation(prompts.Count, answer)));
                prompts.Add(new Prompt($"{IdOf(unit)}/{condition.Name()}/{prompts.Count}", prompt.Tokens, adapter));
            }
        }
        var captured = model.Capture(prompts, new CaptureRequest { Continuations = continuations }, adapters, progress, cancellation);
        var (at, scored) = (0, 0);
        foreach (var (unit, condition, _) in parts)
        {
            int queries = unit.Queries.Count, scores = queries * unit.Content.Answers.PerPrompt;
            var states = captured.Prompts.Skip(at).Take(queries).ToList();
            _states.Add((IdOf(unit), condition), new ConditionStates(
                Join(states, prompt => prompt.ResidPost), Join(states, prompt => prompt.FinalNorm), [.. captured.LogProbabilities.Skip(scored).Take(scores)]));
            (at, scored) = (at + queries, scored + scores);
        }
    }

    private static float[] Join(List<PromptStates> prompts, Func<PromptStates, float[]> part)
    {
        var joined = new float[prompts.Sum(prompt => part(prompt).Length)];
        int at = 0;
        foreach (var prompt in prompts)
        {
            part(prompt).CopyTo(joined, at);
            at += part(prompt).Length;
        }
        return joined;
    }

    private static string IdOf(PlannedUnit unit) => $"{unit.Key.Task}/{unit.Key.Factor}/{unit.Key.Level}/{unit.Key.Run}";
}
