using System.Numerics;
using Converge.Engine.Model;

namespace Converge.Engine.Tuning;

/// <summary>What a step takes of several jobs, side by side: a batch of each.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class JobBatch<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int[] _numbers;
    private readonly int[] _tokens;

    /// <summary>The next batches of some jobs.</summary>
    public JobBatch(List<RunningJob<T>> jobs)
    {
        _numbers = [.. jobs.Select(job => job.NextBatch)];
        var rows = new List<TuningRow>();
        var owners = new List<int>();
        _tokens = new int[jobs.Count];
        for (int i = 0; i < jobs.Count; i++)
        {
            foreach (var row in jobs[i].Rows(_numbers[i]))
            {
                rows.Add(row);
                owners.Add(i);
                _tokens[i] += row.Tokens.Length;
            }
        }
        // No prefix is shared in tuning: a sum over sequences that depends on how they are cut would not be the same in other company.
        var forest = PromptForest.Of([.. rows.Select((row, i) => (row.Tokens, owners[i]))], share: false);
        Batch = new Batch<T>(forest, [.. jobs.Select(job => job.Parameters)], [.. jobs.Select(job => job.Dropout)]);
        Gradients = new Gradients<T>([.. jobs.Select(job => job.Gradients)], null);
        Targets = new OwnedTargets(forest, rows, [.. owners]);
    }

    /// <summary>The sequences.</summary>
    public Batch<T> Batch { get; }

    /// <summary>The jobs' gradients.</summary>
    public Gradients<T> Gradients { get; }

    /// <summary>What is to be predicted; a job is an owner.</summary>
    public OwnedTargets Targets { get; }

    /// <summary>The tokens of one job's batch.</summary>
    public int TokensOf(int job) => _tokens[job];

    /// <summary>Whether the next batches of the same jobs are these.</summary>
    public bool IsNextOf(List<RunningJob<T>> jobs)
    {
        if (jobs.Count != _numbers.Length) return false;
        for (int i = 0; i < _numbers.Length; i++)
            if (jobs[i].NextBatch != _numbers[i]) return false;
        return true;
    }
}
