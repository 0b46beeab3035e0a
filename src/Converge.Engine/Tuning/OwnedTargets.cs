using Converge.Engine.Model;

namespace Converge.Engine.Tuning;

/// <summary>The targets of training rows, each row counting to the mean of its owner: a job, or the one tuning of all weights.</summary>
internal sealed class OwnedTargets
{
    private readonly int[] _owners;
    private readonly int[] _count;

    /// <summary>The targets of <paramref name="rows"/>, which are the sequences of the forest; <paramref name="owners"/>[i] is the owner of row i.</summary>
    public OwnedTargets(PromptForest forest, IReadOnlyList<TuningRow> rows, int[] owners)
    {
        var (at, tokens, of) = (new List<int>(), new List<int>(), new List<int>());
        for (int i = 0; i < rows.Count; i++)
        {
            int[] path = forest.Rows(i);
            for (int t = rows[i].LossFrom; t < rows[i].Tokens.Length; t++)
            {
                // Token t of a row is predicted by the state of token t - 1.
                at.Add(path[t - 1]);
                tokens.Add(rows[i].Tokens[t]);
                of.Add(owners[i]);
            }
        }
        _owners = [.. of];
        _count = new int[owners.Length == 0 ? 0 : owners.Max() + 1];
        foreach (int owner in of) _count[owner]++;
        Targets = new LossTargets([.. at], [.. tokens], [.. of.Select(owner => 1.0 / _count[owner])]);
        (Losses, Means) = (new double[_owners.Length], new double[_count.Length]);
    }

    /// <summary>The targets; factors make the sum of each owner its mean.</summary>
    public LossTargets Targets { get; }

    /// <summary>The loss of each target, in nats, where a pass leaves it.</summary>
    public double[] Losses { get; }

    /// <summary>The mean loss of each owner, once <see cref="TakeMeans"/> has run; an owner without rows has none (NaN).</summary>
    public double[] Means { get; }

    /// <summary>Sets the means from the losses.</summary>
    public void TakeMeans()
    {
        Array.Clear(Means);
        for (int i = 0; i < Losses.Length; i++) Means[_owners[i]] += Losses[i];
        for (int owner = 0; owner < Means.Length; owner++) Means[owner] /= _count[owner];
    }
}
