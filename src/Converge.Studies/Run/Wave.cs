using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Engine.Tuning;
using Converge.Studies.Conditions;
using Converge.Studies.Metrics;
using Converge.Studies.Plan;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary>What a wave tells of its progress.</summary>
/// <param name="Tuning">Told the tokens tuned on so far.</param>
/// <param name="Capture">Told the tokens captured so far.</param>
/// <param name="Measuring">Told the units measured so far.</param>
internal sealed record WaveProgress(IProgress<long> Tuning, IProgress<long> Capture, IProgress<long> Measuring);

/// <summary>Computes units side by side: one tuning of all their adapters, one capture of all their prompts.</summary>
internal static class Wave
{
    /// <summary>The records of <paramref name="units"/>, in their order. Each is the same bit for bit whatever the others are.</summary>
    /// <param name="model">The units' model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="units">The units.</param>
    /// <param name="digests">Their digests.</param>
    /// <param name="keepAdapters">Whether records carry adapters.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops between steps and layers.</param>
    public static IReadOnlyList<UnitRecord> Compute(
        LanguageModel model, Tokenizer tokenizer, IReadOnlyList<PlannedUnit> units, IReadOnlyList<string> digests, bool keepAdapters, WaveProgress progress, CancellationToken cancellation)
    {
        progress.Tuning.Report(0);
        var adapted = units.Where(unit => unit.Method == TuningMethod.Lora).ToList();
        TuningJob[] jobs = [.. adapted.Select(unit => new TuningJob(Name(unit), LoraInitialization.Create(unit.Lora, model.Config, unit.AdapterSeed), unit.Content.TuningRows, unit.Tuning))];
        var tuned = model.Tune(jobs, progress.Tuning, cancellation);
        var states = new UnitStates(cancellation);
        long done = tuned.Sum(result => result.Steps.Sum(step => (long)step.Tokens));
        var fully = new Dictionary<PlannedUnit, (IReadOnlyList<TuningStep> Steps, TunedReading Reading)>(ReferenceEqualityComparer.Instance);
        // One at a time: each has weights of its own.
        foreach (var unit in units.Where(unit => unit.Method == TuningMethod.Full))
        {
            long before = done;
            TunedReading? reading = null;
            var steps = model.TuneFully(unit.Content.TuningRows, unit.Tuning, Read, new Continued(progress.Tuning, before), cancellation);
            fully[unit] = (steps, reading!);
            done += steps.Sum(step => (long)step.Tokens);

            void Read(LanguageModel own)
            {
                states.Capture(own, [(unit, Condition.It, -1)], []);
                reading = TunedReading.Of(own, tokenizer, unit, null, cancellation);
            }
        }
        progress.Capture.Report(0);
        states.Capture(model, [.. from unit in units
                                  from condition in unit.Content.Conditions
                                  where condition != Condition.It || unit.Method == TuningMethod.Lora
                                  select (unit, condition, condition == Condition.It ? adapted.IndexOf(unit) : -1)], [.. tuned.Select(result => result.Final)], progress.Capture);
        var records = new List<UnitRecord>();
        for (int i = 0; i < units.Count; i++)
        {
            var unit = units[i];
            if (unit.Metrics.Count > 0) progress.Measuring.Report(i);
            if (adapted.IndexOf(unit) is var job and >= 0)
            {
                var reading = TunedReading.Of(model, tokenizer, unit, tuned[job].Final, cancellation);
                records.Add(Record(unit, digests[i], reading, tuned[job].Steps) with
                {
                    Directions = unit.Metrics.Contains(ExtraMetrics.Adapters) ? [.. AdapterOverlap.DirectionsOf(tuned[job].Final)] : [],
                    Adapters = keepAdapters ? (jobs[job].Initial, tuned[job].Final) : null,
                });
            }
            else records.Add(Record(unit, digests[i], fully[unit].Reading, fully[unit].Steps));
        }
        return records;

        UnitRecord Record(PlannedUnit unit, string digest, TunedReading reading, IReadOnlyList<TuningStep> steps) => Wave.Record(model.Config, unit, digest, states, UnitMeasures.Of(model, unit, states, reading, cancellation), steps) with
        {
            Decoded = reading.Decoded is { } tuned ? [.. ((Condition[])[Condition.Anchor, Condition.Icl]).Select(condition => DecodedAnswers.Of(model, tokenizer, unit, condition, null, cancellation)), tuned] : [],
        };
    }

    private static string Name(PlannedUnit unit) => $"{unit.Key.Model}/{unit.Key.Task}/{unit.Key.Factor}/{unit.Key.Level}/{unit.Key.Run}";

    private static UnitRecord Record(
        ModelConfig config, PlannedUnit unit, string digest, UnitStates states, IReadOnlyList<MetricSeries> measures, IReadOnlyList<TuningStep> steps) => new()
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
            Method = unit.Method,
            Position = unit.Position,
            States = unit.Content.Conditions.ToDictionary(condition => condition, condition => states[unit, condition]),
            Measures = measures,
            TuningRows = unit.Content.TuningRows,
            TuningSteps = steps,
        };

    /// <summary>Counts on from the tokens that were done before.</summary>
    private sealed class Continued(IProgress<long> whole, long before) : IProgress<long>
    {
        public void Report(long value) => whole.Report(before + value);
    }
}
