using System.Diagnostics;
using Converge.Engine;
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
        var digests = plan.Models.ToDictionary(model => model.Spec.Id, options.Digest);
        var manifest = ManifestKeeper.Begin(folder, StudyManifest.Of(plan, digests), execution);
        var work = new Work(plan, new UnitStore(folder), digests, options, progress, cancellation);
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
            work.Report("exporting");
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

    /// <summary>The state of one run.</summary>
    private sealed class Work(
        StudyPlan plan, UnitStore store, IReadOnlyDictionary<string, string> modelDigests, RunOptions options, IProgress<RunProgress>? progress, CancellationToken cancellation)
        : IProgress<long>
    {
        private readonly List<(PlannedUnit Unit, string Digest)> _missing = [];
        private readonly bool _keepAdapters = plan.Spec.Keep.Contains(KeepKind.Adapters);
        private string _phase = "";
        private long _before;
        private long _total;

        public int Units { get; private set; }

        public int Computed { get; private set; }

        public int Reused { get; private set; }

        public List<string> Damaged { get; } = [];

        public long Tokens { get; private set; }

        /// <summary>Sorts the shard's units into finished and missing; a stored unit counts only if it can be read without fault.</summary>
        public void FindMissing()
        {
            Report("checking finished units");
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var unit in options.Shard.Of(plan.Units))
            {
                cancellation.ThrowIfCancellationRequested();
                Units++;
                var digest = unit.DigestFor(modelDigests[unit.Key.Model]);
                if (!seen.Add(digest) || IsSound(unit, digest)) Reused++;
                else _missing.Add((unit, digest));
            }
            _total = _missing.Sum(missing => Planned(missing.Unit));
        }

        public void Compute()
        {
            foreach (var model in plan.Models)
            {
                var digests = _missing.Where(missing => missing.Unit.Key.Model == model.Spec.Id).ToDictionary(missing => missing.Unit.Key, missing => missing.Digest);
                if (digests.Count == 0) continue;
                cancellation.ThrowIfCancellationRequested();
                Report("opening the model");
                using var opened = options.Open(model, plan.Spec.Compute);
                var units = _missing.Select(missing => missing.Unit).Where(unit => digests.ContainsKey(unit.Key));
                foreach (var wave in Waves.Cut(units, model.Config, options.WaveTokens))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var records = Wave.Compute(opened, wave, [.. wave.Select(unit => digests[unit.Key])], _keepAdapters, Report, this, cancellation);
                    foreach (var record in records)
                    {
                        store.Save(record);
                        Computed++;
                    }
                    Tokens += wave.Sum(Planned);
                    _before = Tokens;
                    Report("stored");
                }
            }
        }

        /// <summary>Takes the engine's count of tokens within a phase.</summary>
        public void Report(long done) => Tell(Math.Min(_before + done, _total));

        /// <summary>Tells what begins.</summary>
        public void Report(string phase)
        {
            _phase = phase;
            Tell(_before);
        }

        private void Tell(long tokens) => progress?.Report(new RunProgress(_phase, Reused + Computed, Units, tokens, _total));

        private bool IsSound(PlannedUnit unit, string digest)
        {
            if (!store.Contains(digest)) return false;
            try
            {
                // A unit stored before adapters were asked for lacks them; all else would be the same.
                return store.Load(unit.Key, digest).Adapters is not null || !_keepAdapters;
            }
            catch (BadInputException damage)
            {
                Damaged.Add($"{damage.Where}: {damage.What}; computed anew");
                return false;
            }
        }

        private long Planned(PlannedUnit unit)
        {
            var cost = UnitCost.Of(unit, plan.Models.First(model => model.Spec.Id == unit.Key.Model).Config);
            return cost.TuningTokens + cost.SharedPromptTokens + cost.LabelTokens;
        }
    }
}
