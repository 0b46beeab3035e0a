using System.Numerics;

namespace Converge.Engine.Model;

/// <summary>What the blocks need to know of the batch that runs through them.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class Batch<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    public Batch(PromptForest forest, IReadOnlyList<LoraParameters<T>> adapters, IReadOnlyList<Dropout?>? dropouts = null)
    {
        Forest = forest;
        var runs = new List<AdapterRows>();
        for (int i = 0; i < forest.Segments.Length; i++)
        {
            int adapter = forest.Adapters[i];
            var segment = forest.Segments[i];
            if (adapter < 0) continue;
            if (runs.Count > 0 && runs[^1].Index == adapter) runs[^1] = runs[^1] with { Count = runs[^1].Count + segment.Length };
            else runs.Add(new AdapterRows(adapter, adapters[adapter], segment.FirstRow, segment.Length, dropouts?[adapter]));
        }
        AdapterRuns = [.. runs];
    }

    /// <summary>The prompts.</summary>
    public PromptForest Forest { get; }

    /// <summary>The number of tokens.</summary>
    public int Tokens => Forest.Tokens.Length;

    /// <summary>The rows that run under adapters, a run for each adapter.</summary>
    public AdapterRows[] AdapterRuns { get; }

    /// <summary>Neighbouring rows under one adapter.</summary>
    /// <param name="Index">The adapter's index.</param>
    /// <param name="Adapter">The adapter.</param>
    /// <param name="First">The first row.</param>
    /// <param name="Count">The number of rows.</param>
    /// <param name="Dropout">Dropout on the adapter's input, in tuning.</param>
    public sealed record AdapterRows(int Index, LoraParameters<T> Adapter, int First, int Count, Dropout? Dropout);
}
