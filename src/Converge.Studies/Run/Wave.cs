using Converge.Engine.Capture;
using Converge.Engine.Model;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Plan;

namespace Converge.Studies.Run;

/// <summary>Computes units side by side: one tuning of all their adapters, one capture of all their prompts.</summary>
internal static class Wave
{
    /// <summary>The records of <paramref name="units"/>, in their order. Each is the same bit for bit whatever the others are.</summary>
    /// <param name="model">The units' model.</param>
    /// <param name="units">The units.</param>
    /// <param name="digests">Their digests.</param>
    /// <param name="keepAdapters">Whether records carry adapters.</param>
    /// <param name="tuning">Told the tokens tuned on so far.</param>
    /// <param name="capture">Told the tokens captured so far.</param>
    /// <param name="cancellation">Stops between steps and layers.</param>
    public static IReadOnlyList<UnitRecord> Compute(
        LanguageModel model, IReadOnlyList<PlannedUnit> units, IReadOnlyList<string> digests, bool keepAdapters, IProgress<long> tuning, IProgress<long> capture, CancellationToken cancellation)
    {
        tuning.Report(0);
        TuningJob[] jobs = [.. units.Select(unit => new TuningJob(
            $"{unit.Key.Model}/{unit.Key.Task}/{unit.Key.Run}", LoraInitialization.Create(unit.Lora, model.Config, unit.AdapterSeed), unit.Content.TuningRows, unit.Tuning))];
        var tuned = model.Tune(jobs, tuning, cancellation);
        capture.Report(0);
        var prompts = new List<Prompt>();
        var continuations = new List<Continuation>();
        for (int i = 0; i < units.Count; i++)
        {
            for (int p = 0; p < units[i].Content.Prompts.Count; p++)
            {
                var prompt = units[i].Content.Prompts[p];
                continuations.AddRange(units[i].Content.AnswersAfter(p).Select(answer => new Continuation(prompts.Count, answer)));
                prompts.Add(new Prompt($"{i}/{prompt.Condition.Name()}/{prompts.Count}", prompt.Tokens, prompt.Condition == Condition.It ? i : -1));
            }
        }
        var captured = model.Capture(prompts, new CaptureRequest { Continuations = continuations }, [.. tuned.Select(result => result.Final)], capture, cancellation);
        var states = new StateCursor(captured);
        return [.. units.Select((unit, i) => Record(model.Config, unit, digests[i], states, tuned[i].Steps, keepAdapters ? (jobs[i].Initial, tuned[i].Final) : null))];
    }

    private static UnitRecord Record(
        ModelConfig config, PlannedUnit unit, string digest, StateCursor states, IReadOnlyList<TuningStep> steps, (LoraAdapter, LoraAdapter)? adapters) => new()
        {
            Key = unit.Key,
            Digest = digest,
            Layers = config.Layers,
            HiddenSize = config.HiddenSize,
            Instruction = unit.Instruction,
            Demonstrations = unit.Demonstrations,
            Queries = unit.Queries,
            Answers = unit.Content.Answers,
            Prompts = unit.Content.Prompts,
            States = Conditions.Conditions.All.ToDictionary(condition => condition, _ => states.Take(unit.Queries.Count, unit.Content.Answers.PerPrompt)),
            TuningRows = unit.Content.TuningRows,
            TuningSteps = steps,
            Adapters = adapters,
        };

    /// <summary>Walks captured states in the order in which their prompts were given: unit by unit, condition by condition, query by query.</summary>
    private sealed class StateCursor(CapturedStates captured)
    {
        private int _prompt;
        private int _score;

        public ConditionStates Take(int queries, int answers)
        {
            var prompts = Enumerable.Range(_prompt, queries).Select(i => captured.Prompts[i]).ToList();
            var scores = Enumerable.Range(_score, queries * answers).Select(i => captured.LogProbabilities[i]);
            _prompt += queries;
            _score += queries * answers;
            return new ConditionStates(Join(prompts, prompt => prompt.ResidPost), Join(prompts, prompt => prompt.FinalNorm), [.. scores]);
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
    }
}
