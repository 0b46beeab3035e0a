using System.Numerics;
using Converge.Engine.Model;
using Converge.Numerics;

namespace Converge.Engine.Tuning;

/// <summary>LoRA tunings under way side by side. Batches that come again every epoch are made once.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class RunningJobs<T>(IReadOnlyList<TuningJob> jobs, ModelConfig config) : IDisposable where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The most tokens of the batches that are kept for the next epoch: a few megabytes of numbers.</summary>
    public const int MostTokens = 1 << 17;

    private readonly List<RunningJob<T>> _all = [.. jobs.Select(job => new RunningJob<T>(job, config))];
    private readonly List<RunningJob<T>> _running = [];
    private readonly List<JobBatch<T>> _batches = [];
    private int _tokens;

    /// <summary>Whether all steps of all jobs are done.</summary>
    public bool AreDone => _all.TrueForAll(static job => job.IsDone);

    /// <summary>The next batch of every job that is not done; their gradients are zero.</summary>
    public JobBatch<T> Begin()
    {
        int before = _running.Count;
        _running.RemoveAll(static job => job.IsDone);
        if (before == 0) _running.AddRange(_all.Where(job => !job.IsDone));
        if (_running.Count != before) _batches.Clear();
        foreach (var job in _running) job.Begin();
        foreach (var known in _batches)
            if (known.IsNextOf(_running)) return known;
        var batch = new JobBatch<T>(_running);
        if (_batches.Count == 0) _tokens = 0;
        if ((_tokens += batch.Batch.Tokens) <= MostTokens) _batches.Add(batch);
        return batch;
    }

    /// <summary>An update of every job of the last batch, from what the pass left in it.</summary>
    public void Update(WorkPool pool, JobBatch<T> batch)
    {
        batch.Targets.TakeMeans();
        pool.For(_running.Count, (_running, batch), static (all, i) => all._running[i].Update(all.batch.Targets.Means[i], all.batch.TokensOf(i)));
    }

    /// <summary>The results, in the order of the jobs.</summary>
    public IEnumerable<TuningResult> Results() => _all.Select(job => job.Result(config.Layers));

    /// <inheritdoc/>
    public void Dispose() => _all.ForEach(job => job.Dispose());
}
