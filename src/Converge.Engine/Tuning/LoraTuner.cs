using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>Tunes many adapters side by side: every step takes one batch of each job and passes once over the base weights.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class LoraTuner<T>(ModelConfig config, LlamaWeights weights, Rotary<T> rotary, WorkPool pool, MemoryPlan memory, WeightStream stream, Products products = Products.Exact) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Runs all jobs; results in their order.</summary>
    public IReadOnlyList<TuningResult> Run(IReadOnlyList<TuningJob> jobs, IProgress<long>? progress, CancellationToken cancellation)
    {
        foreach (var job in jobs) TuningChecks.Check(job.Name, job.Rows, job.Recipe, config);
        using var pass = new TuningPass<T>(config, weights, rotary, pool, stream, products);
        var results = new List<TuningResult>();
        long tokens = 0;
        foreach (var group in Groups(jobs))
        {
            using var running = new RunningJobs<T>(group, config);
            while (!running.AreDone)
            {
                cancellation.ThrowIfCancellationRequested();
                tokens += Step(pass, running);
                progress?.Report(tokens);
            }
            results.AddRange(running.Results());
        }
        return results;
    }

    /// <summary>One update of every job that is not done; returns the tokens that it ran on.</summary>
    public long Step(TuningPass<T> pass, RunningJobs<T> jobs)
    {
        var batch = jobs.Begin();
        pass.Run(batch.Batch, batch.Targets.Targets, batch.Gradients, memory.KeptBlocks<T>(config, batch.Batch.Tokens), batch.Targets.Losses);
        jobs.Update(pool, batch);
        return batch.Batch.Tokens;
    }

    // As many neighbouring jobs together as keep the activations of all blocks in memory; a job that alone does not is by itself. Where weights are read block by
    // block, a pass should be worth the reading: jobs are together then until there are enough tokens, even if blocks run forward twice.
    private IEnumerable<List<TuningJob>> Groups(IReadOnlyList<TuningJob> jobs)
    {
        var group = new List<TuningJob>();
        long tokens = 0;
        foreach (var job in jobs)
        {
            long more = job.Rows.Chunk(job.Recipe.BatchSize).Max(batch => batch.Sum(row => (long)row.Tokens.Length));
            if (group.Count > 0 && tokens >= (memory.Streams ? memory.TokensWorthReading<T>(config) : 0) && memory.KeptBlocks<T>(config, tokens + more) < config.Layers)
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
