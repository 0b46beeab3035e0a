using System.Diagnostics;
using Converge.Engine;
using Converge.Engine.Model;
using Converge.Engine.Tokenizers;
using Converge.Studies.Plan;
using Converge.Studies.Spec;

namespace Converge.Studies.Run;

/// <summary>Runs a study: computes the units that are missing, wave by wave, and exports what the study keeps.</summary>
public static class StudyRunner
{
    /// <summary>
    /// Runs a plan into a folder. Units that are finished there are reused; each wave is stored before the next begins, so that a kill loses one
    /// wave at most and running again goes on from there. When all units of the study are finished (by this process or by others) the exports
    /// named by <c>keep</c> are written.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="folder">The output folder; made if absent.</param>
    /// <param name="options">The shard, and how models are opened.</param>
    /// <param name="progress">Told at every step of the engine, on the calling thread or the engine's.</param>
    /// <param name="cancellation">Stops between steps; finished units stay.</param>
    /// <exception cref="BadInputException">The folder holds another study or cannot be written, or the model refuses.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static RunOutcome Run(StudyPlan plan, string folder, RunOptions options, IProgress<RunProgress>? progress = null, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var execution = new Execution { Shard = options.Shard.ToString(), Started = DateTimeOffset.UtcNow, Machine = Machine.Current };
        using var models = new OpenModels(plan, options);
        var manifest = ManifestKeeper.Begin(folder, StudyManifest.Of(plan, models.Digests), execution);
        var work = new Work(plan, new UnitStore(folder), models, options, progress, cancellation);
        bool completed = false;
        try
        {
            work.FindMissing();
            work.Compute();
            completed = true;
        }
        finally
        {
            clock.Stop();
            manifest.Record(execution with
            {
                Finished = execution.Started + clock.Elapsed,
                Completed = completed,
                Seconds = clock.Elapsed.TotalSeconds,
                UnitsComputed = work.Computed,
                UnitsReused = work.Reused,
                Tokens = work.Tokens,
                PeakMemoryBytes = Machine.PeakMemoryBytes,
            });
        }
        var output = StudyOutput.Open(folder);
        int missing = output.Missing.Count;
        if (missing == 0 && plan.Spec.Keep.Count > 0)
        {
            work.Tell("exporting", work.Tokens);
            KeepExport.Write(output, cancellation);
        }
        return new RunOutcome
        {
            Units = work.Units,
            Computed = work.Computed,
            Reused = work.Reused,
            Missing = missing,
            Damaged = work.Damaged,
            Tokens = work.Tokens,
            Elapsed = clock.Elapsed,
            PeakMemoryBytes = Machine.PeakMemoryBytes,
        };
    }

    /// <summary>All models of a plan, opened.</summary>
    private sealed class OpenModels : IDisposable
    {
        private readonly Dictionary<string, StudyModel> _models = [];

        public OpenModels(StudyPlan plan, RunOptions options)
        {
            try
            {
                foreach (var model in plan.Models) _models.Add(model.Spec.Id, options.Open?.Invoke(model) ?? StudyModel.Open(model, plan.Spec, options.Threads, StudyMemory.Of(plan, model, options.Memory)));
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public IReadOnlyDictionary<string, string> Digests => _models.ToDictionary(model => model.Key, model => model.Value.Digest);

        public StudyModel this[string id] => _models[id];

        public void Dispose()
        {
            foreach (var model in _models.Values) model.Dispose();
        }
    }

    /// <summary>The state of one run.</summary>
    private sealed class Work(StudyPlan plan, UnitStore store, OpenModels models, RunOptions options, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        private readonly List<(PlannedUnit Unit, string Digest, UnitCost Cost)> _missing = [];
        private readonly bool _keepAdapters = plan.Spec.Keep.Contains(KeepKind.Adapters);

        public int Units { get; private set; }

        public int Computed { get; private set; }

        public int Reused { get; private set; }

        public List<string> Damaged { get; } = [];

        public long Tokens { get; private set; }

        /// <summary>Sorts the shard's units into finished and missing; a stored unit counts only if it can be read without fault.</summary>
        public void FindMissing()
        {
            var configs = plan.Models.ToDictionary(model => model.Spec.Id, model => model.Config);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            Units = options.Shard.Of(plan.Units).Count();
            foreach (var unit in options.Shard.Of(plan.Units))
            {
                cancellation.ThrowIfCancellationRequested();
                Tell("checking finished units", 0);
                var digest = unit.DigestFor(models[unit.Key.Model].Digest);
                if (!seen.Add(digest) || IsSound(unit, digest)) Reused++;
                else _missing.Add((unit, digest, UnitCost.Of(unit, configs[unit.Key.Model])));
            }
        }

        public void Compute()
        {
            foreach (var model in plan.Models)
            {
                var missing = _missing.Where(missing => missing.Unit.Key.Model == model.Spec.Id).ToDictionary(missing => missing.Unit.Key);
                if (missing.Count == 0) continue;
                cancellation.ThrowIfCancellationRequested();
                Tell("opening the model", Tokens);
                using var started = models[model.Spec.Id].Start();
                foreach (var wave in Waves.Cut(missing.Values.Select(unit => unit.Unit), model.Config, options.WaveTokens ?? StudyMemory.WaveTokens(StudyMemory.Of(plan, model, options.Memory), model.Config)))
                    Compute(started, model.Tokenizer, wave, [.. wave.Select(unit => missing[unit.Key].Digest)], [.. wave.Select(unit => missing[unit.Key].Cost)]);
            }
        }

        /// <summary>Tells what begins, or how far it is.</summary>
        public void Tell(string phase, long tokens) => progress?.Report(new RunProgress(phase, Reused + Computed, Units, tokens, _missing.Sum(missing => Planned(missing.Cost))));

        private void Compute(LanguageModel model, Tokenizer tokenizer, IReadOnlyList<PlannedUnit> wave, IReadOnlyList<string> digests, IReadOnlyList<UnitCost> costs)
        {
            cancellation.ThrowIfCancellationRequested();
            long tuned = costs.Sum(cost => cost.TuningTokens), planned = costs.Sum(Planned);
            var tuning = new PhaseProgress("tuning", Tokens, tuned, tuned, Tell);
            long measured = costs.Sum(cost => cost.MeasuringTokens);
            var capture = new PhaseProgress("capturing states", Tokens + tuned, planned - tuned - measured, costs.Sum(cost => cost.PromptTokens), Tell);
            var measuring = new PhaseProgress("measuring", Tokens + planned - measured, measured, wave.Count, Tell);
            foreach (var record in Wave.Compute(model, tokenizer, wave, digests, _keepAdapters, new WaveProgress(tuning, capture, measuring), cancellation))
            {
                store.Save(record);
                Computed++;
            }
            Tokens += planned;
            Tell("stored", Tokens);
        }

        private bool IsSound(PlannedUnit unit, string digest)
        {
            if (!store.Contains(digest)) return false;
            try
            {
                // A unit stored before adapters were asked for lacks them; all else would be the same.
                return store.Load(unit.Key, digest).Adapters is not null || !_keepAdapters || unit.Method == TuningMethod.Full;
            }
            catch (BadInputException damage)
            {
                Damaged.Add($"{damage.Where}: {damage.What}; computed anew");
                return false;
            }
        }

        private static long Planned(UnitCost cost) => cost.TuningTokens + cost.SharedPromptTokens + cost.AnswerTokens + cost.MeasuringTokens;
    }
}
