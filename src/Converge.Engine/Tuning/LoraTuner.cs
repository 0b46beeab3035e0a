using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>Tunes many adapters side by side: every step takes one batch of each job and passes once over the base weights.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class LoraTuner<T>(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool, MemoryPlan memory, WeightStream stream) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Runs all jobs; results in their order.</summary>
    public IReadOnlyList<TuningResult> Run(IReadOnlyList<TuningJob> jobs, IProgress<long>? progress, CancellationToken cancellation)
    {
        foreach (var job in jobs) TuningChecks.Check(job.Name, job.Rows, job.Recipe, config);
        using var pass = new TuningPass<T>(config, weights, rotary, pool, stream);
        var results = new List<TuningResult>();
        long tokens = 0;
        foreach (var group in Groups(jobs))
        {
            var running = group.Select(job => new RunningJob<T>(job, config)).ToList();
            try
            {
                while (running.Any(job => !job.IsDone))
                {
                    cancellation.ThrowIfCancellationRequested();
                    tokens += Step(pass, [.. running.Where(job => !job.IsDone)]);
                    progress?.Report(tokens);
                }
                results.AddRange(running.Select(job => job.Result(config.Layers)));
            }
            finally
            {
                running.ForEach(job => job.Dispose());
            }
        }
        return results;
    }

    private long Step(TuningPass<T> pass, List<RunningJob<T>> jobs)
    {
        var rows = new List<TuningRow>();
        var owners = new List<int>();
        for (int i = 0; i < jobs.Count; i++)
        {
            foreach (var row in jobs[i].NextRows())
            {
                rows.Add(row);
                owners.Add(i);
            }
            jobs[i].ClearGradients();
        }
        // No prefix is shared in tuning: a sum over sequences that depends on how they are cut would not be the same in other company.
        var forest = PromptForest.Of([.. rows.Select((row, i) => (row.Tokens, owners[i]))], share: false);
        var batch = new Batch<T>(forest, [.. jobs.Select(job => job.Parameters)], [.. jobs.Select(job => job.NextDropout())]);
        var gradients = new Gradients<T>([.. jobs.Select(job => job.Gradients)], null);
        var targets = new OwnedTargets(forest, rows, [.. owners]);
        double[] losses = targets.Means(pass.Run(batch, targets.Targets, gradients, MustRecompute(batch.Tokens)));
        pool.For(jobs.Count, i => jobs[i].Update(losses[i]));
        return batch.Tokens;
    }

    // Jobs that are tuned together keep their activations within the plan; where one job alone does not fit, its blocks are computed twice.
    private bool MustRecompute(long tokens) => tokens * BlockActivations<T>.BytesPerToken(config) * config.Layers > memory.KeptActivations;

    // As many neighbouring jobs together as keep their activations in memory; a job that alone does not is by itself.
    private IEnumerable<List<TuningJob>> Groups(IReadOnlyList<TuningJob> jobs)
    {
        var group = new List<TuningJob>();
        long tokens = 0;
        foreach (var job in jobs)
        {
            long more = job.Rows.Chunk(job.Recipe.BatchSize).Max(batch => batch.Sum(row => (long)row.Tokens.Length));
            if (group.Count > 0 && MustRecompute(tokens + more))
            {
                yield return group;
                (group, tokens) = ([], 0);
            }
            group.Add(job);
            tokens += more;
        }
        if (group.Count > 0) yield return group;
    }
}
